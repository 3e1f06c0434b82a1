import { expect, it } from 'vitest';
import { GatheredBody } from './gathered-body.js';

it('is what came, in one, whatever became of the buffer it came in', () => {
  const [body, buffer, sent] = [new GatheredBody(), Buffer.alloc(100_000), [] as Buffer[]];
  for (const [i, length] of [1, 70_000, 3, 0, 65_536, 100_000].entries()) {
    buffer.fill(i + 1, 0, length);
    body.add(buffer.subarray(0, length));
    sent.push(Buffer.alloc(length, i + 1));
  }
  expect(body.whole().equals(Buffer.concat(sent))).toBe(true);
  expect(new GatheredBody().whole()).toHaveLength(0);
});

it('has no buffer a chunk, however small these are', () => {
  const body = new GatheredBody();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 50_000; i++) body.add(Buffer.of(i));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  expect(body.whole()).toHaveLength(50_000);
});
