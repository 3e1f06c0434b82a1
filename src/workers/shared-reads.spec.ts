import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SharedRead } from '@app/redis';
import { ReadsByPrimary } from './reads-by-primary.js';
import { ReadsForWorkers } from './reads-for-workers.js';

const READ: SharedRead = { url: 'redis://a', command: 'get', args: ['key'], id: 'get key', maxAgeMs: 60_000 };

describe('ReadsForWorkers', () => {
  const get = vi.fn<(key: string) => Promise<string>>();
  let reads: ReadsForWorkers;
  beforeEach(() => {
    get.mockReset().mockImplementation((key) => Promise.resolve(`${key} ${get.mock.calls.length}`));
    reads = new ReadsForWorkers({ open: () => ({ get }) as never });
  });

  it('asks Redis once, however many workers ask, at the same time or later', async () => {
    const answers = await Promise.all([reads.answer(READ), reads.answer(READ)]);
    expect([...answers, await reads.answer(READ)]).toEqual(['key 1', 'key 1', 'key 1']);
  });

  it('takes other words for another read by their id and their Redis alone', async () => {
    await reads.answer(READ);
    expect(await reads.answer({ ...READ, args: ['key', 17] })).toBe('key 1');
    expect(await reads.answer({ ...READ, id: 'get other', args: ['other'] })).toBe('other 2');
    expect(await reads.answer({ ...READ, url: 'redis://b' })).toBe('key 3');
  });

  it('forgets an answer when it is too old, and a failure at once', async () => {
    await reads.answer({ ...READ, maxAgeMs: 1 });
    await vi.waitFor(async () => expect(await reads.answer({ ...READ, maxAgeMs: 1 })).not.toBe('key 1'));
    get.mockRejectedValueOnce(new Error('away'));
    await expect(reads.answer({ ...READ, id: 'again' })).rejects.toThrow('away');
    expect(await reads.answer({ ...READ, id: 'again' })).toMatch(/^key/);
  });
});

describe('ReadsByPrimary', () => {
  const own = vi.fn(() => Promise.resolve('own'));
  beforeEach(() => void own.mockClear());

  it('takes what the primary has read', async () => {
    const reads = new ReadsByPrimary({ ask: <T>() => Promise.resolve('shared' as T) });
    expect([await reads.read(READ, own), own.mock.calls.length]).toEqual(['shared', 0]);
  });

  it('reads by itself when the primary cannot say, or says nothing', async () => {
    const reads = new ReadsByPrimary({ ask: () => Promise.reject(new Error('no answer about source')) });
    expect(await reads.read(READ, own)).toBe('own');
  });
});
