import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LastWords } from './last-words.js';
import { endOf } from './process-end.js';

async function hear(text: string, pieces = 1) {
  const [from, to] = [new PassThrough(), new PassThrough()];
  const words = new LastWords(from, to);
  const length = Math.ceil(text.length / pieces);
  for (let i = 0; i < pieces; i++) from.write(text.slice(i * length, (i + 1) * length));
  from.end();
  await new Promise((resolve) => from.once('end', () => setImmediate(resolve)));
  to.end();
  return { reason: words.reason, passed: Buffer.concat(await to.toArray()).toString() };
}

const OUT_OF_HEAP = `
<--- Last few GCs --->

[1:0x2]  12861 ms: Scavenge 640.8 (657.4) -> 640.8 (673.4) MB
FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0x840e50  [node]
`;

describe('the last words of a process', () => {
  it.each([1, 7, 100])('of V8 are kept to their reason, in %i pieces', async (pieces) => {
    const { reason, passed } = await hear(`(node:1) Warning: x\n${OUT_OF_HEAP}`, pieces);
    expect(passed).toBe('(node:1) Warning: x\n');
    expect(reason).toBe('Reached heap limit Allocation failed - JavaScript heap out of memory');
  });

  it('of an exception that nobody caught are passed on', async () => {
    const stack = 'Error: x\n    at f (file.js:1:1)\n';
    expect(await hear(stack)).toEqual({ reason: undefined, passed: stack });
    expect((await hear('no end of line')).passed).toBe('no end of line\n');
  });

  it('tell why it has ended', () => {
    const exit = { code: null, signal: 'SIGABRT', hasServed: true, fatal: undefined } as const;
    expect(endOf({ ...exit, fatal: 'Reached heap limit Allocation failed - JavaScript heap out of memory' }).reason).toBe('memory');
    expect(endOf({ ...exit, fatal: 'Array buffer allocation failed' }).reason).toBe('memory');
    expect(endOf({ ...exit, fatal: 'unreachable code' })).toEqual({ reason: 'crash', how: 'signal SIGABRT (unreachable code)' });
    expect(endOf({ ...exit, signal: null, code: 3 })).toEqual({ reason: 'crash', how: 'exit code 3' });
    expect(endOf({ ...exit, hasServed: false })).toEqual({ reason: 'start', how: 'signal SIGABRT' });
  });
});
