import { describe, expect, it } from 'vitest';
import { Kernel } from './kernel.js';
import { knowKeys } from './keys.js';
import { WINDOW } from './memory.js';
import { openScan, PayloadScan, TOO_DEEP, type Step } from './scan.js';

knowKeys({ properties: 0, batch: 2, uuid: 9 });
knowKeys({});

const LIMITS = { maxDepth: 10, maxEvents: 3 };

function scanned(json: string, limits = LIMITS): { step: Step; code: number; entries: number; edits: number[] } {
  const scan = openScan(Buffer.from(json), limits) as PayloadScan;
  const step = scan.advance();
  const entries = step === 'done' ? scan.tape.length : 0;
  scan.release();
  return { step, code: scan.fault.code, entries, edits: [...scan.edits] };
}

// What the tape says is held against a byte loop's in libs/decoder; here is what only this side decides.
describe('PayloadScan', () => {
  it('takes nesting as deep as is allowed, up to its own stack, and no deeper', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    const deep = { maxDepth: 1_000_000, maxEvents: 1 };
    expect([scanned(nested(10)).step, scanned(nested(11)).code]).toEqual(['done', TOO_DEEP]);
    expect([scanned(nested(4096), deep).step, scanned(nested(4097), deep).code]).toEqual(['done', TOO_DEEP]);
  });

  it('takes a payload larger than its memory was, and smaller ones after it', () => {
    const json = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
    expect(scanned(json(80 << 20)).step).toBe('done');
    expect(scanned('{"a":1').step).toBe('failed');
    expect(scanned('{"a":1}')).toMatchObject({ step: 'done', entries: 1 });
  });

  it('has as much room for a tape as there are events', () => {
    const events = (count: number) => scanned(`[${'{},'.repeat(count - 1)}{}]`, { maxDepth: 10, maxEvents: 1_000_000 });
    expect(events(500_000).entries).toBe(500_002);
    expect(events(1_000_001).step).toBe('failed');
  });

  it('lets others be scanned between two pieces of a large payload', () => {
    const json = `[${'{"uuid":"a"},'.repeat(300_000)}{}]`;
    const limits = { maxDepth: 10, maxEvents: 1_000_000 };
    const [one, two] = [1, 2].map(() => openScan(Buffer.from(json), limits) as PayloadScan);
    for (let steps = ['paused', 'paused']; steps.includes('paused');) {
      steps = [one.advance(1 << 16), two.advance(1 << 17)];
      expect(scanned('{"uuid":"b"}').entries).toBe(2);
    }
    expect([one.tape.length, two.tape.length]).toEqual([600_003, 600_003]);
    expect(one.text() === json).toBe(true);
    one.release();
    two.release();
  });

  it('passes as many stretches as there are, each as long as what is left of the window', () => {
    const window = { size: 4096, room: 128 };
    const kernel = new Kernel();
    const kinds: readonly ((stretches: readonly string[]) => string)[] = [
      (stretches) => `{"b":1${stretches.map((blanks) => `,${blanks}"b":1`).join('')}}`,
      (stretches) => `{"a":["x"${stretches.map((blanks) => `,${blanks}"x"`).join('')}]}`,
    ];
    const steps = new Set<Step>();
    for (const kind of kinds) {
      for (let more = 0; more < 40; more++) {
        for (let first = 0; first < 40; first += 4) {
          const stretches = Array.from({ length: 80 }, (_, i) =>
            ' '.repeat(Math.max(1, window.size - first - 30 - i * (more + 18) + more)),
          );
          const scan = new PayloadScan(kernel, Buffer.from(kind(stretches)), LIMITS, window);
          steps.add(scan.advance());
        }
      }
    }
    expect([...steps]).toEqual(['done']);
  });

  it('does not look at a megabyte of blanks again for each value behind it', () => {
    const json = `{"a":[${' '.repeat(1_040_000)}[]${',[]'.repeat(250_000)}]}`;
    expect(new PayloadScan(new Kernel(), Buffer.from(json), LIMITS, WINDOW).advance()).toBe('done');
  });

  it('does a small payload in one go, whatever is repeated in it: others use its memory', () => {
    for (const member of ['"a":{},', '"properties":{},', '"batch":[],'])
      expect(scanned(`{${member.repeat(50_000)}"a":1}`).step).toBe('done');
  });

  it('notes what is to be replaced, and where', () => {
    expect(scanned(String.raw`{"a":NaN,"b":"\ud800","c":-Infinity}`).edits).toEqual([5, 3, 14, 6, 26, 9]);
  });

  it('does not take keys that it could not compare', () => {
    expect(() => knowKeys({ ['k'.repeat(32)]: 9 })).toThrow('key of 32 bytes');
  });
});
