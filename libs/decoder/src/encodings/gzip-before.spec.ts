import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { CaptureError, runSteps } from '@app/event';
import { describe, expect, it } from 'vitest';
import { SYNC_INFLATE_BYTES } from './gzip-head.js';
import { gunzip } from './gzip.js';

let held = 0;
const LIMITS = {
  maxBytes: 1e7,
  variable: 'THE_LIMIT',
  maxRatio: 1e6,
  reserve: (bytes: number) => void (held += bytes),
  release: (bytes: number) => void (held -= bytes),
  turn: () => undefined,
  onSlow: () => undefined,
};

async function inflated(bytes: Buffer, maxBytes = LIMITS.maxBytes): Promise<Buffer | string> {
  held = 0;
  try {
    return await runSteps(gunzip(bytes, { ...LIMITS, maxBytes }));
  } catch (error) {
    if (error instanceof CaptureError) return error.message;
    throw error;
  }
}

const INVALID = 'failed to decode request: invalid GZIP data';
const TEXT = Buffer.from('{"event":"e"}'.repeat(9));
const behind = (bytes: Buffer, rest: string | Buffer) => Buffer.concat([bytes, Buffer.from(rest as string)]);

describe('gunzip of gzip with something behind it', () => {
  it('takes no checksum but the one right behind the data', async () => {
    const member = gzipSync(TEXT);
    const torn = Buffer.concat([member.subarray(0, -8), Buffer.from('between'), member.subarray(-8), Buffer.from('\r\n')]);
    expect(await inflated(torn)).toBe(INVALID);
  });

  it('ignores whatever is not gzip, and holds no more than it gives', async () => {
    const junk = fc.uint8Array({ minLength: 1, maxLength: 40 }).map(Buffer.from);
    await fc.assert(
      fc.asyncProperty(
        junk.filter((bytes) => bytes[0] !== 0x1f && bytes.length !== 1),
        fc.uint8Array({ maxLength: 300 }).map(Buffer.from),
        async (rest, text) => {
          const found = await inflated(behind(gzipSync(text), rest));
          expect(found).toEqual(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(['\n', '\r\n', ' ', '}', '\x1f', '\0\0\0', '\n\0\0\0\0', '\r\n--boundary--\r\n', '<html></html>'.repeat(1000)])(
    'ignores %j',
    async (rest) => {
      expect(await inflated(behind(gzipSync(TEXT), rest))).toEqual(TEXT);
      expect(held).toBeLessThanOrEqual(1032 * (TEXT.length + rest.length));
    },
  );

  it('ignores it also behind what is large, off the event loop', async () => {
    const large = randomBytes(2 * SYNC_INFLATE_BYTES);
    for (const rest of ['\n', '\r\n--boundary--']) {
      const given = runSteps(gunzip(behind(gzipSync(large), rest), LIMITS));
      expect(given).toBeInstanceOf(Promise);
      expect((await given).equals(large)).toBe(true);
    }
  });

  it('reads all members before it, with whatever their heads have', async () => {
    const named = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 0x1c, 0, 0, 0, 0, 0, 3, 2, 0, 1, 2]),
      Buffer.from('name\0comment\0'),
      gzipSync(TEXT).subarray(10),
    ]);
    const members = Buffer.concat([gzipSync(TEXT), named, gzipSync(TEXT)]);
    expect(await inflated(behind(members, '\n\n'))).toEqual(Buffer.concat([TEXT, TEXT, TEXT]));
    expect(held).toBe(6 * TEXT.length);
  });

  it.each([
    ['a member that is cut off', behind(gzipSync(TEXT), gzipSync(TEXT).subarray(0, 30))],
    ['a member whose checksum is wrong', behind(behind(gzipSync(TEXT), changed(gzipSync(TEXT), -6)), '\n\n')],
    ['a member whose data are wrong', behind(behind(gzipSync(TEXT), changed(gzipSync(TEXT), 12)), '\n\n')],
    ['a name without an end', behind(behind(gzipSync(TEXT), Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3])), 'xxxx')],
    ['a head that is cut off', behind(gzipSync(TEXT), Buffer.from([0x1f, 0x8b, 8, 0xff, 0xff, 0xff]))],
  ])('refuses %s', async (_, bytes) => {
    expect(await inflated(bytes)).toBe(INVALID);
  });

  it('reads sixteen members, and no more', async () => {
    const member = gzipSync(TEXT);
    const many = (count: number) => behind(Buffer.concat(Array.from({ length: count }, () => member)), '\n\n');
    expect(await inflated(many(16))).toHaveLength(16 * TEXT.length);
    expect(await inflated(many(17))).toBe(`${INVALID}: more than 16 members, and something else behind them`);
  });

  it('has one cap for all of them', async () => {
    const bytes = behind(Buffer.concat([gzipSync(TEXT), gzipSync(TEXT)]), '\n\n');
    expect(await inflated(bytes, 2 * TEXT.length)).toHaveLength(2 * TEXT.length);
    expect(await inflated(bytes, 2 * TEXT.length - 1)).toContain(`exceed ${2 * TEXT.length - 1} bytes (THE_LIMIT)`);
  });
});

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at] ^= 0xff;
  return copy;
}
