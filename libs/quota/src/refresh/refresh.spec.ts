import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Logger } from '@nestjs/common';
import { Refresh } from './refresh.js';
import { ToldOnce } from './told-once.js';

const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
const log = vi.spyOn(Logger.prototype, 'log').mockImplementation(() => {});

describe('Refresh', () => {
  let refresh: Refresh | undefined;
  beforeEach(() => {
    vi.useFakeTimers();
    warn.mockClear();
    log.mockClear();
  });
  afterEach(() => {
    refresh?.stop();
    vi.useRealTimers();
  });

  const start = (load: () => Promise<void>, onFailure?: () => void) => {
    refresh = new Refresh({ name: 'source', intervalMs: 10_000, load, onFailure }).start();
    return refresh;
  };

  it('reads at once and then every interval, until it is stopped', async () => {
    const load = vi.fn(() => Promise.resolve());
    start(load);
    expect(load).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(34_000);
    expect(load).toHaveBeenCalledTimes(4);
    refresh?.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(load).toHaveBeenCalledTimes(4);
  });

  it('never reads twice at a time, however long one takes', async () => {
    let finish = () => {};
    const load = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    start(load);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(load).toHaveBeenCalledTimes(1);
    finish();
    await vi.advanceTimersByTimeAsync(11_500);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('tries again soon after a failure, logs it once without what was read, and says when it is over', async () => {
    let isDown = true;
    const onFailure = vi.fn();
    const load = vi.fn(() => (isDown ? Promise.reject(new Error('WRONGTYPE of phc_secret')) : Promise.resolve()));
    const failing = start(load, onFailure);
    await vi.advanceTimersByTimeAsync(5000);
    expect(onFailure.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(failing.ageMs).toBeUndefined();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0][0]).toContain('(WRONGTYPE)');
    expect(JSON.stringify(warn.mock.calls)).not.toContain('phc_secret');
    isDown = false;
    await vi.advanceTimersByTimeAsync(12_000);
    expect(log).toHaveBeenCalledOnce();
    expect(failing.ageMs).toBeDefined();
  });
});

describe('ToldOnce', () => {
  it('names each bad record once, however often it is read', () => {
    warn.mockClear();
    const told = new ToldOnce();
    for (let i = 0; i < 3; i++) {
      told.tell('restrictions', 'record 1: no token');
      told.tell('restrictions', 'record 2: no token');
    }
    expect(warn).toHaveBeenCalledTimes(2);
  });
});
