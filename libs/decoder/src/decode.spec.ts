import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { CaptureError } from '@app/event';
import { decode, type DecodeResources } from './decode.js';
import type { DecodePolicy } from './decode-policy.js';

const POLICY: DecodePolicy = {
  wire: { maxBytes: 1e8, variable: 'MAX_BODY_BYTES', stallMs: 1000 },
  wrapping: 'sniffed',
  inflated: { maxBytes: 1e8, variable: 'MAX_INFLATED_BYTES', maxRatio: 200 },
  maxBase64Bytes: 1e7,
  maxLz64Bytes: 1e6,
  scan: { maxDepth: 9, maxEvents: 9 },
};
const HEAVY_BYTES = 100_000;

/** What it takes of a budget without end. */
class Taken implements DecodeResources {
  bytes = 0;
  turns = 0;
  readonly reserve = (bytes: number) => void (this.bytes += bytes);
  readonly release = (bytes: number) => void (this.bytes -= bytes);
  readonly reserveInTime = (bytes: number) => Promise.resolve(this.reserve(bytes));
  readonly turnFor = (bytes: number) => (bytes <= HEAVY_BYTES ? undefined : Promise.resolve(void this.turns++));
}

const bodyOf = (text: string) => Buffer.from(`{"event":"e","distinct_id":"d","properties":{"a":"${text}"}}`);
/** As from a socket: its memory is nobody else's. */
const own = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(1 << 17)]).subarray(0, bytes.length);
const source = (body: Buffer) => ({ body, contentType: undefined, contentEncoding: undefined, query: {} });

describe('decode', () => {
  it.each([
    ['as it is', (json: Buffer) => json, 2],
    ['in gzip', (json: Buffer) => gzipSync(json), 2],
    ['with a byte order mark', (json: Buffer) => Buffer.concat([Buffer.from('\ufeff'), json]), 2],
    ['in base64', (json: Buffer) => Buffer.from(json.toString('base64')), undefined],
  ])('decodes a small body at once, and reserves what it holds: %s', (_what, wrap, copies) => {
    const json = bodyOf('x'.repeat(1000));
    const taken = new Taken();
    const scanned = decode(source(own(wrap(json))), POLICY, taken);
    expect(scanned).toMatchObject({ shape: 'single', text: json.toString('latin1') });
    if (copies !== undefined) expect(taken.bytes).toBe(copies * json.length);
    expect(taken.turns).toBe(0);
  });

  it.each([
    ['as it is', (json: Buffer) => json],
    ['in gzip', (json: Buffer) => gzipSync(json)],
  ])('decodes a large one in turns: %s', async (_what, wrap) => {
    const json = bodyOf('xyz'.repeat(1_000_000));
    const taken = new Taken();
    const scanned = decode(source(own(wrap(json))), POLICY, taken);
    expect(scanned).toBeInstanceOf(Promise);
    expect(await scanned).toMatchObject({ shape: 'single', events: [{ end: json.length }] });
    expect(taken.turns).toBeGreaterThan(2);
    expect(taken.bytes).toBe(2 * json.length);
  });

  it('gives the memory of what was inflated back once there is a text of it', async () => {
    const json = bodyOf('xyz'.repeat(1_000_000));
    const given: number[] = [];
    // oxlint-disable-next-line typescript/unbound-method -- called with its object below
    const { transfer } = ArrayBuffer.prototype;
    const spy = vi.spyOn(ArrayBuffer.prototype, 'transfer').mockImplementation(function (this: ArrayBuffer, length) {
      given.push(this.byteLength);
      return transfer.call(this, length);
    });
    await decode(source(own(gzipSync(json))), POLICY, new Taken());
    spy.mockRestore();
    expect(given).toContain(json.length);
  });

  it('refuses a large one as it refuses a small one', async () => {
    const refusal = async (text: string) =>
      Promise.resolve(decode(source(bodyOf(text)), POLICY, new Taken())).catch((error: unknown) => error);
    await expect(refusal(`${'x'.repeat(3_000_000)}\n`)).resolves.toBeInstanceOf(CaptureError);
    expect(() => decode(source(bodyOf('\n')), POLICY, new Taken())).toThrow(CaptureError);
  });
});
