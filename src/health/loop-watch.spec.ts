import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { HealthConfig } from './health.config.js';
import { LoopWatch } from './loop-watch.js';

const DELAY_MS = 300;
const PATIENCE_MS = 600;

/** Holds the loop for one turn. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('LoopWatch', () => {
  let watch: LoopWatch;
  afterEach(() => watch.onModuleDestroy());

  const open = (loopPatienceMs: number) => {
    watch = new LoopWatch(Object.assign(new HealthConfig(), { loopDelayMs: DELAY_MS, loopPatienceMs }));
    watch.onApplicationBootstrap();
  };

  it('forgives a single long turn', async () => {
    open(PATIENCE_MS);
    // The first tick has nothing to be measured against.
    await sleep(100);
    block(2 * DELAY_MS);
    await sleep(1);
    let wasBlocked = false;
    // Longer than all windows that the one turn could be in.
    for (let waited = 0; waited < 2 * PATIENCE_MS; waited += 50) {
      await sleep(50);
      wasBlocked ||= watch.isBlocked;
    }
    expect(wasBlocked).toBe(false);
  });

  it('says so when every window has one', async () => {
    open(PATIENCE_MS);
    // Some turns more than windows: a window in which nothing was measured does not count.
    for (let turn = 0; turn < 30 && !watch.isBlocked; turn++) {
      block(DELAY_MS + 50);
      await sleep(25);
    }
    expect(watch.isBlocked).toBe(true);
  });

  it('watches nothing without patience', async () => {
    open(0);
    block(2 * DELAY_MS);
    await sleep(1);
    expect([watch.isBlocked, watch.worstMs]).toEqual([false, 0]);
  });
});
