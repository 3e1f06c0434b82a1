import { gzipSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { allocatedBy, allocatedPerByte, heldBytes } from './allocated-by.js';

const MB = 1_000_000;
/** Where work leaves what would otherwise be optimised away. */
const objects: unknown[] = [];
/** What V8 counts for nothing, and the engine keeps for itself. */
const FLOOR = MB;

describe('allocatedBy', () => {
  it('counts next to nothing for nothing', async () => {
    expect((await allocatedBy(() => {})).total).toBeLessThan(FLOOR);
  });

  it('counts objects, also those that are garbage by now', async () => {
    const { heap, external } = await allocatedBy(() => {
      for (let i = 0; i < MB; i++) objects[i % 10] = { i };
    });
    expect(heap).toBeGreaterThan(16 * MB);
    expect(external).toBeLessThan(FLOOR);
  });

  it('counts buffers, also those that a collection has freed meanwhile', async () => {
    const { external } = await allocatedBy(() => {
      for (let i = 0; i < 40; i++) objects[0] = Buffer.alloc(10 * MB);
    });
    expect(external / (400 * MB)).toBeCloseTo(1, 1);
  });

  it('counts what zlib makes', async () => {
    const zipped = gzipSync(Buffer.alloc(20 * MB));
    const { external } = await allocatedBy(() => gunzipSync(zipped));
    expect(external).toBeGreaterThan(20 * MB);
    expect(external).toBeLessThan(45 * MB);
  });

  it('waits for work that takes turns', async () => {
    const { external } = await allocatedBy(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return Buffer.alloc(10 * MB);
    });
    expect(external).toBeGreaterThanOrEqual(10 * MB);
  });
});

describe('allocatedPerByte', () => {
  it('tells a copy from an object per element, whatever the size', async () => {
    const sizes = [MB / 2, MB, 2 * MB];
    const inputOf = (size: number) => Buffer.alloc(size, 'a&');
    const copies = await allocatedPerByte(sizes, inputOf, (input) => Buffer.from(input));
    const fields = await allocatedPerByte(sizes, inputOf, (input) => Array.from(input, (byte) => ({ byte })));
    expect(copies.map(({ bytes }) => bytes)).toEqual(sizes);
    for (const { bytes, external } of copies) expect(external / bytes).toBeCloseTo(1, 1);
    for (const { perByte } of fields) expect(perByte).toBeGreaterThan(15);
  });
});

describe('heldBytes', () => {
  it('leaves garbage out', () => {
    const before = heldBytes();
    let held: Buffer | undefined = Buffer.alloc(20 * MB);
    expect(heldBytes() - before + held.length - 20 * MB).toBeGreaterThan(19 * MB);
    held = undefined;
    expect(heldBytes() - before).toBeLessThan(5 * MB);
  });
});
