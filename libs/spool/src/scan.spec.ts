import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECORD_HEADER_BYTES, readRecord, writeRecord } from './record.js';
import { isTornRecord, step } from './scan.js';

const MARKER = Buffer.from('a1b2c3d4e5f60718', 'hex');
const FIRST = 40;

interface Written {
  readonly sequence: number;
  readonly payload: Buffer;
  readonly start: number;
  readonly end: number;
}

function segmentOf(payloads: readonly Uint8Array[]): { bytes: Buffer; written: Written[] } {
  const bytes = Buffer.alloc(payloads.reduce((sum, { length }) => sum + length + RECORD_HEADER_BYTES, 0));
  const written: Written[] = [];
  let start = 0;
  payloads.forEach((payload, i) => {
    const end = writeRecord(bytes, start, MARKER, FIRST + i, 1_700_000_000_000 + i, [payload]);
    written.push({ sequence: FIRST + i, payload: Buffer.from(payload), start, end });
    start = end;
  });
  return { bytes, written };
}

/** All that a reader finds; fails when it does not advance. */
function scanAll(bytes: Buffer): { sequence: number; payload: string }[] {
  const found: { sequence: number; payload: string }[] = [];
  let offset = 0;
  let last = FIRST - 1;
  for (;;) {
    const result = step(bytes, offset, MARKER, last, true);
    if (result.kind === 'end') return found;
    if (result.kind === 'more') throw new Error('a final window cannot ask for more');
    if (result.next <= offset) throw new Error('stands still');
    if (result.kind === 'record') {
      last = result.record.sequence;
      found.push({ sequence: last, payload: result.record.payload.toString('hex') });
    }
    offset = result.next;
  }
}

const asFound = ({ sequence, payload }: Written) => ({ sequence, payload: payload.toString('hex') });

/** Some payloads hold a whole record with another marker: what a client who knows the format could send. */
const forged = (() => {
  const bytes = Buffer.alloc(RECORD_HEADER_BYTES + 5);
  writeRecord(bytes, 0, Buffer.alloc(8, 7), 99, 0, [Buffer.from('forge')]);
  return bytes;
})();
const payload = fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.constant(forged), fc.constant(new Uint8Array(50)));
const payloads = fc.array(payload, { minLength: 1, maxLength: 12 });

describe('scanning a segment', () => {
  it('finds every record of an undamaged one', () => {
    fc.assert(
      fc.property(payloads, (given) => {
        const { bytes, written } = segmentOf(given);
        expect(scanAll(bytes)).toEqual(written.map(asFound));
      }),
    );
  });

  it('finds every whole record of one that was cut anywhere', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (given, at) => {
        const { bytes, written } = segmentOf(given);
        const cut = at % (bytes.length + 1);
        expect(scanAll(bytes.subarray(0, cut))).toEqual(written.filter(({ end }) => end <= cut).map(asFound));
      }),
    );
  });

  it('finds exactly the untouched records when bytes are flipped, and none that was not written', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(payloads, flips, (given, changes) => {
        const { bytes, written } = segmentOf(given);
        const original = Buffer.from(bytes);
        for (const [at, mask] of changes) bytes.writeUInt8(bytes.readUInt8(at % bytes.length) ^ mask, at % bytes.length);
        const isWhole = ({ start, end }: Written) => bytes.compare(original, start, end, start, end) === 0;
        expect(scanAll(bytes)).toEqual(written.filter(isWhole).map(asFound));
      }),
      { numRuns: 500 },
    );
  });

  it('finds what is before and behind a range that was zeroed or has gone missing', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.integer({ min: 1, max: 200 }), fc.boolean(), (given, at, length, isGone) => {
        const { bytes, written } = segmentOf(given);
        const from = at % bytes.length;
        const to = Math.min(bytes.length, from + length);
        const damaged = isGone ? Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]) : Buffer.from(bytes).fill(0, from, to);
        const found = scanAll(damaged);
        const untouched = written.filter(({ start, end }) => end <= from || start >= to).map(asFound);
        expect(found).toEqual(expect.arrayContaining(untouched));
        expect(written.map(asFound)).toEqual(expect.arrayContaining(found));
      }),
      { numRuns: 300 },
    );
  });

  it('answers any bytes without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(scanAll(Buffer.from(bytes))).toEqual([]);
      }),
    );
  });

  it('does not take a page of earlier records for new ones', () => {
    const { bytes, written } = segmentOf([Buffer.from('a'), Buffer.from('b')]);
    expect(scanAll(Buffer.concat([bytes, bytes]))).toEqual(written.map(asFound));
  });

  it('asks for the bytes it needs when the window ends inside a record', () => {
    const { bytes } = segmentOf([Buffer.alloc(100)]);
    expect(step(bytes.subarray(0, 10), 0, MARKER, 0, false)).toEqual({ kind: 'more', bytes: RECORD_HEADER_BYTES });
    expect(step(bytes.subarray(0, 60), 0, MARKER, 0, false)).toEqual({ kind: 'more', bytes: RECORD_HEADER_BYTES + 100 });
  });

  it('never believes a length that was flipped', () => {
    const { bytes } = segmentOf([Buffer.alloc(100)]);
    bytes.writeUInt32LE(0x7fff_ffff, 8);
    expect(readRecord(bytes, 0, MARKER)).toEqual({ kind: 'bad' });
  });
});

describe('a torn record', () => {
  it('is a beginning of a record at the end of a file, and nothing else is', () => {
    const { bytes } = segmentOf([Buffer.alloc(100)]);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(isTornRecord(bytes.subarray(0, Math.min(cut, RECORD_HEADER_BYTES)), cut, MARKER)).toBe(true);
    }
    expect(isTornRecord(bytes.subarray(0, RECORD_HEADER_BYTES), bytes.length, MARKER)).toBe(false);
    expect(isTornRecord(Buffer.alloc(20), 20, MARKER)).toBe(false);
  });
});
