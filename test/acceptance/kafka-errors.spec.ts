import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { knownErrors } from '@app/kafka';
import { describe, expect, it } from 'vitest';
import { kafkaClassPath, type KafkaLine } from '../services/class-path.ts';

const run = promisify(execFile);

async function errorsOf(line: KafkaLine): Promise<Map<number, string>> {
  const classPath = await kafkaClassPath(line);
  const { stdout } = await run('java', ['-cp', classPath, join(import.meta.dirname, 'fixtures/ListErrors.java')]);
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((row) => row.split(' '))
      .map(([code, name]) => [Number(code), name]),
  );
}

/** A code that a new release adds needs a decision: is it the message's fault, and can it come after a write? */
describe.skipIf(!process.env.TEST_CLASS_PATH)('the table of errors', () => {
  it('knows all codes of the newest line, by their names, and invents none', async () => {
    const theirs = await errorsOf('4.x');
    expect(theirs.size).toBeGreaterThan(130);
    expect([...knownErrors()].toSorted(([a], [b]) => a - b)).toEqual([...theirs].toSorted(([a], [b]) => a - b));
  });

  it('knows all codes of the line before', async () => {
    const theirs = await errorsOf('3.x');
    expect(theirs.size).toBeGreaterThan(120);
    for (const [code, name] of theirs) expect([code, knownErrors().get(code)]).toEqual([code, name]);
  });
});
