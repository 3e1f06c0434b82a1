import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { anEvent, ManualClock } from '@app/testing';
import { BusiestKeys } from './fairness/busiest-keys.js';
import { ProjectShares } from './fairness/project-shares.js';
import { Gcra } from './overflow/gcra.js';
import { UsageCounter } from './usage/usage-counter.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const PAYLOADS = 50;
const PAYLOAD_BYTES = 1_000_000;

/** A token and an id as the decoder gives them: cut out of a payload, which V8 does without copying. */
function cutOut(i: number): { token: string; distinctId: string } {
  const payload = Buffer.alloc(PAYLOAD_BYTES, 'x');
  payload.write(`phc_a_project_of_its_own_${i}`.padEnd(40, '-'), 1000);
  const text = payload.toString('latin1');
  return { token: text.slice(1000, 1040), distinctId: text.slice(2000, 2100) };
}

async function held(): Promise<number> {
  // What a collection that was under way has marked already takes the next one.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('what limits remember', () => {
  let clock: ManualClock;
  beforeEach(() => {
    clock = new ManualClock(0);
  });

  it.each<[string, () => (token: string, distinctId: string) => void]>([
    [
      'bytes in flight',
      () => {
        const shares = new ProjectShares(1e9, clock);
        return (token) => shares.enter(token, 1);
      },
    ],
    [
      'the busiest keys',
      () => {
        const keys = new BusiestKeys(PAYLOADS);
        return (token, distinctId) => keys.add(`${token}:${distinctId}`);
      },
    ],
    [
      'rates of ids',
      () => {
        const gcra = new Gcra({ perSecond: 1, burst: 1 }, 1000);
        return (token, distinctId) => gcra.isLimited(`${token}:${distinctId}`, 0);
      },
    ],
    [
      'usage',
      () => {
        const usage = new UsageCounter({ store: { add: () => Promise.reject(new Error('down')) }, clock, limitsOf: () => ({}) });
        return (token) => usage.count([anEvent({ token, data: '' })]);
      },
    ],
  ])('%s: keys, not the payloads that they were cut from', async (_, open) => {
    const remember = open();
    const before = await held();
    for (let i = 0; i < PAYLOADS; i++) {
      const { token, distinctId } = cutOut(i);
      remember(token, distinctId);
    }
    expect((await held()) - before).toBeLessThan((PAYLOADS * PAYLOAD_BYTES) / 10);
    // Alive until here.
    remember('phc_x', 'd');
  });
});
