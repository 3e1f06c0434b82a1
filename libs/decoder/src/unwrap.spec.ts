import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import lz from 'lz-string';
import { describe, expect, it } from 'vitest';
import { CaptureError, runSteps } from '@app/event';
import type { Reserve } from './byte-budget.js';
import type { DecodePolicy } from './decode-policy.js';
import { unwrap, type BodySource } from './unwrap.js';

const JSON_TEXT = '{"event":"e","properties":{"a":"é😀","b":[1.0]}}';
const FORM = 'application/x-www-form-urlencoded';
const base64 = (bytes: string | Buffer) => Buffer.from(bytes as string).toString('base64');
const gzip = (text: string | Buffer) => gzipSync(text);
const lz64 = (text: string) => lz.compressToBase64(text);
const form = (fields: Record<string, string>) => Buffer.from(new URLSearchParams(fields).toString());

interface Limits {
  readonly maxInflatedBytes?: number;
  readonly reserve?: Reserve;
  readonly release?: (bytes: number) => void;
  readonly wrapping?: DecodePolicy['wrapping'];
}

function peel(
  source: Partial<BodySource>,
  { maxInflatedBytes = 1e6, reserve = () => undefined, release = () => undefined, wrapping = 'sniffed' }: Limits,
) {
  const policy: DecodePolicy = {
    wire: { maxBytes: 1e6, variable: 'MAX_BODY_BYTES', stallMs: 1000 },
    wrapping,
    inflated: { maxBytes: maxInflatedBytes, variable: 'MAX_INFLATED_BYTES', maxRatio: 200 },
    maxBase64Bytes: 1e7,
    maxLz64Bytes: 1e6,
    scan: { maxDepth: 9, maxEvents: 9 },
  };
  const whole = { body: Buffer.alloc(0), contentType: undefined, contentEncoding: undefined, query: {}, ...source };
  const json = unwrap(whole, policy, { reserve, release, turn: () => undefined, onSlow: () => undefined });
  return Buffer.isBuffer(json) ? json : runSteps(json);
}

function decode(source: Partial<BodySource>, limits: Limits = {}): string {
  const decoded = peel(source, limits);
  if (decoded instanceof Promise) throw new Error('not large enough to be worth a thread');
  return decoded.toString();
}

function refusal(source: Partial<BodySource>, limits: Limits = {}): string {
  try {
    return `took ${decode(source, limits)}`;
  } catch (error) {
    if (error instanceof CaptureError) return error.message;
    throw error;
  }
}

describe('unwrap', () => {
  it.each<[string, Partial<BodySource>]>([
    ['plain', { body: Buffer.from(JSON_TEXT) }],
    ['plain, called a form', { body: Buffer.from(JSON_TEXT), contentType: FORM }],
    ['plain behind a byte order mark, called a form', { body: Buffer.from(`\ufeff${JSON_TEXT}`), contentType: FORM }],
    ['plain, called gzip', { body: Buffer.from(JSON_TEXT), query: { compression: 'gzip-js' }, contentEncoding: 'gzip' }],
    ['plain, called lz64', { body: Buffer.from(JSON_TEXT), query: { compression: 'lz64' } }],
    ['plain, called base64', { body: Buffer.from(JSON_TEXT), query: { compression: 'base64' } }],
    ['plain, called multipart', { body: Buffer.from(JSON_TEXT), contentType: 'multipart/form-data' }],
    ['gzip, not called so', { body: gzip(JSON_TEXT), contentType: 'text/plain' }],
    ['gzip, called so twice', { body: gzip(JSON_TEXT), query: { compression: 'gzip' }, contentEncoding: 'gzip' }],
    ['gzip, called a form', { body: gzip(JSON_TEXT), contentType: FORM }],
    ['gzip, called nonsense', { body: gzip(JSON_TEXT), query: { compression: 'br' } }],
    ['gzip with a line feed behind it', { body: Buffer.concat([gzip(JSON_TEXT), Buffer.from('\n')]) }],
    ['plain, called br', { body: Buffer.from(JSON_TEXT), contentEncoding: 'br' }],
    ['plain, called lz4', { body: Buffer.from(JSON_TEXT), contentEncoding: 'lz4', query: { compression: 'snappy' } }],
    ['a form in gzip', { body: gzip(form({ data: JSON_TEXT })), contentType: FORM }],
    ['a form in gzip, not called so', { body: gzip(form({ data: base64(JSON_TEXT) })) }],
    [
      'a form whose field is far from the beginning',
      { body: Buffer.from(`x=${'a'.repeat(200)}&data=${base64(JSON_TEXT)}`), contentType: FORM },
    ],
    ['gzip in gzip', { body: gzip(gzip(JSON_TEXT)) }],
    ['base64', { body: Buffer.from(base64(JSON_TEXT)) }],
    ['base64, called lz64', { body: Buffer.from(base64(JSON_TEXT)), query: { compression: 'lz64' } }],
    ['base64, called a form', { body: Buffer.from(base64(JSON_TEXT)), contentType: FORM }],
    ['base64 without padding', { body: Buffer.from(base64(JSON_TEXT).replace(/=+$/, '')) }],
    ['base64 twice', { body: Buffer.from(base64(base64(JSON_TEXT))) }],
    ['gzip in base64', { body: Buffer.from(base64(gzip(JSON_TEXT))) }],
    ['gzip in base64, called lz64', { body: Buffer.from(base64(gzip(JSON_TEXT))), contentEncoding: 'lz64' }],
    ['base64 in gzip', { body: gzip(base64(JSON_TEXT)) }],
    ['a form', { body: form({ data: JSON_TEXT }), contentType: `${FORM}; charset=utf-8` }],
    ['a form that encodes nothing', { body: Buffer.from(`data=${JSON_TEXT}`), contentType: FORM }],
    ['a form without a content type', { body: form({ ip: '1', data: JSON_TEXT }) }],
    ['base64 in a form', { body: form({ data: base64(JSON_TEXT) }), contentType: FORM }],
    ['base64 in a form that encodes nothing', { body: Buffer.from(`data=${base64(JSON_TEXT)}`) }],
    ['gzip in base64 in a form', { body: form({ data: base64(gzip(JSON_TEXT)), compression: 'gzip-js' }), contentType: FORM }],
    ['lz64 in a form, called so there', { body: form({ data: lz64(JSON_TEXT), compression: 'lz64' }), contentType: FORM }],
    ['lz64 in a form, called so in the query', { body: form({ data: lz64(JSON_TEXT) }), query: { compression: 'LZ-String' } }],
    ['lz64 in a form that encodes nothing', { body: Buffer.from(`data=${lz64(JSON_TEXT)}&compression=lz64`) }],
    ['lz64, called so in a header', { body: Buffer.from(lz64(JSON_TEXT)), contentEncoding: 'lz64' }],
    ['lz64 in gzip', { body: gzip(lz64(JSON_TEXT)), query: { compression: 'lz64' } }],
    ['JSON in the query', { query: { data: JSON_TEXT } }],
    ['base64 in the query', { query: { data: base64(JSON_TEXT) } }],
    ['lz64 in the query', { query: { data: lz64(JSON_TEXT), compression: 'lz64' } }],
    ['the last of two in the query', { query: { data: ['{"event":"other"}', JSON_TEXT] } }],
    ['in the query and a body beside it', { query: { data: JSON_TEXT }, body: Buffer.from('{"event":"other"}') }],
    ['an empty query parameter and a body', { query: { data: '' }, body: Buffer.from(JSON_TEXT) }],
    ['behind a byte order mark', { body: Buffer.from(`\ufeff${JSON_TEXT}`) }],
    ['behind a byte order mark in gzip', { body: gzip(`\ufeff${JSON_TEXT}`) }],
    [
      'multipart',
      {
        body: Buffer.from(`--x y\r\nContent-Disposition: form-data; name="data"\r\n\r\n${base64(JSON_TEXT)}\r\n--x y--\r\n`),
        contentType: 'Multipart/Form-Data; boundary="x y"',
      },
    ],
  ])('reads JSON %s', (_, source) => {
    expect(decode(source)).toBe(JSON_TEXT);
  });

  const LIST = `[${JSON_TEXT}]`;
  it.each<[string, Partial<BodySource>]>([
    ['zstd', { body: zstdCompressSync(JSON_TEXT) }],
    ['zstd behind a frame to be skipped', { body: Buffer.concat([Buffer.from('502a4d1801000000ff', 'hex'), zstdCompressSync(JSON_TEXT)]) }],
    ['zstd, called gzip', { body: zstdCompressSync(JSON_TEXT), contentEncoding: 'gzip' }],
    ['zstd in base64', { body: Buffer.from(base64(zstdCompressSync(JSON_TEXT))) }],
    ['zstd in gzip', { body: gzip(zstdCompressSync(JSON_TEXT)) }],
    ['br', { body: brotliCompressSync(JSON_TEXT), contentEncoding: ' BR ' }],
    ['br in gzip, both named', { body: gzip(brotliCompressSync(JSON_TEXT)), contentEncoding: 'br, gzip' }],
    ['br in base64 in a form that says so', { body: form({ data: base64(brotliCompressSync(JSON_TEXT)), compression: 'br' }) }],
    ['br in base64 in the query', { query: { data: base64(brotliCompressSync(JSON_TEXT)), compression: 'br' } }],
    ['base64 in br', { body: brotliCompressSync(base64(JSON_TEXT)), query: { compression: 'br' } }],
    ['a form in br', { body: brotliCompressSync(form({ data: JSON_TEXT })), contentEncoding: 'br', contentType: FORM }],
    ['deflate', { body: deflateSync(JSON_TEXT), contentEncoding: 'deflate' }],
    ['deflate without a head', { body: deflateRawSync(JSON_TEXT), contentEncoding: 'deflate' }],
    ['br, called deflate in the query', { body: brotliCompressSync(JSON_TEXT), contentEncoding: 'br', query: { compression: 'deflate' } }],
  ])('reads JSON in %s, off the event loop', async (_, source) => {
    expect((await peel(source, {})).toString()).toBe(JSON_TEXT);
  });

  it('takes a list for what it is, though br is named and brotli may begin so, too', async () => {
    const text = LIST + ' '.repeat(70_000);
    const body = brotliCompressSync(text);
    expect(String.fromCharCode(body[0])).toBe('[');
    expect((await peel({ body, contentEncoding: 'br' }, {})).toString()).toBe(text);
    expect((await peel({ body: Buffer.from(LIST), contentEncoding: 'br, deflate' }, {})).toString()).toBe(LIST);
  });

  it('gives back what was reserved for a coding that it is not', async () => {
    let held = 0;
    const reserve = (bytes: number) => void (held += bytes);
    const release = (bytes: number) => void (held -= bytes);
    const cut = brotliCompressSync(randomBytes(100_000).toString('latin1')).subarray(0, 90_000);
    await expect(Promise.resolve(peel({ body: cut, contentEncoding: 'br' }, { reserve, release }))).rejects.toThrow('invalid br data');
    expect(held).toBe(0);
  });

  it.each<[string, Partial<BodySource>, string]>([
    ['gzip that was read as text', { body: Buffer.from(gzip(JSON_TEXT).toString()) }, 'gzip that was damaged on its way'],
    ['the same in base64', { body: Buffer.from(base64(gzip(JSON_TEXT).toString())) }, 'gzip that was damaged on its way'],
    ['the same in Latin-1', { body: Buffer.from(gzip(JSON_TEXT).toString('latin1')), contentType: FORM }, 'as Latin-1 text'],
    ['lz4', { body: Buffer.from([4, 0x22, 0x4d, 0x18, 0xff]), contentEncoding: 'lz4' }, 'its coding lz4 is not understood'],
    ['lz4 that is ASCII', { body: Buffer.from([4, 0x22, 0x4d, 0x18]), query: { compression: 'LZ4' } }, 'its coding lz4 is not understood'],
    ['lz4, called a form', { body: Buffer.from([4, 0x22]), contentEncoding: 'lz4', contentType: FORM }, 'its coding lz4 is not understood'],
    ['zstd cut off', { body: zstdCompressSync(JSON_TEXT).subarray(0, 20) }, 'invalid zstd data'],
    ['noise called br', { body: Buffer.from([0xff, 0xfe, 0xfd]), contentEncoding: 'br' }, 'invalid br data: a header or a parameter says'],
  ])('says of %s what is wrong with it', async (_, source, reason) => {
    const message = await (async () => peel(source, {}))().then(String, (error: unknown) => (error as CaptureError).message);
    expect(message).toMatch(/^failed to decode request: /);
    expect(message).toContain(reason);
  });

  it('prefers the hint of the query over that of the form, and that over none', () => {
    const body = form({ data: lz64(JSON_TEXT), compression: 'lz64' });
    expect(decode({ body, query: { compression: 'base64' } })).not.toBe(JSON_TEXT);
    expect(decode({ body, contentEncoding: 'gzip' })).toBe(JSON_TEXT);
  });

  it('restores CESU-8 in base64 in a form, as old browsers send it', () => {
    const cesu = Buffer.from('{"a":"\u0000"}'.replace('\u0000', 'xx')).toString('latin1').replace('xx', '\xed\xa0\xbd\xed\xb8\x80');
    expect(decode({ body: form({ data: base64(Buffer.from(cesu, 'latin1')) }) })).toBe('{"a":"😀"}');
  });

  it('restores the pluses that a form decoder took for spaces', () => {
    const texts = Array.from({ length: 50 }, (_, i) => `{"a":"${'?~'.repeat(i)}${i * 7919}"}`);
    const spaced = (encoded: string) => encoded.replaceAll('+', ' ');
    expect([base64, lz64].map((encode) => texts.some((one) => encode(one).includes('+')))).toEqual([true, true]);
    for (const one of texts) {
      expect(decode({ query: { data: spaced(base64(one)) } })).toBe(one);
      expect(decode({ query: { data: spaced(lz64(one)), compression: 'lz64' } })).toBe(one);
    }
  });

  it('leaves alone what only looks encoded, for the parser to complain about', () => {
    expect(['undefined', 'null', '12345678', '====', '   '].map((text) => decode({ body: Buffer.from(text) }))).toEqual([
      'undefined',
      'null',
      '12345678',
      '====',
      '   ',
    ]);
  });

  it('peels no more than four layers of base64, and two of compression', () => {
    const wrap = (layers: number): string => (layers === 0 ? JSON_TEXT : base64(wrap(layers - 1)));
    const zip = (layers: number): Buffer => gzip(layers === 1 ? JSON_TEXT : zip(layers - 1));
    expect(decode({ body: zip(2) })).toBe(JSON_TEXT);
    expect(refusal({ body: zip(3) })).toContain('body is compressed more than 2 times: compress it once');
    expect(refusal({ body: gzip(base64(zip(2))) })).toContain('body is compressed more than 2 times');
    expect(decode({ body: Buffer.from(wrap(4)) })).toBe(JSON_TEXT);
    expect(decode({ body: Buffer.from(wrap(5)) })).toBe(base64(JSON_TEXT));
  });

  it.each<[string, Partial<BodySource>, string]>([
    ['nothing', {}, 'request missing data payload'],
    ['a form without data', { body: Buffer.from('ip=1&_=2') }, 'request missing data payload'],
    ['empty data in a form', { body: Buffer.from('data=&ip=1') }, 'request missing data payload'],
    [
      'multipart without data',
      { body: Buffer.from('--b\r\n\r\n\r\n--b--'), contentType: 'multipart/form-data; boundary=b' },
      'request missing data payload',
    ],
    [
      'multipart without a boundary',
      { body: Buffer.from('--b'), contentType: 'multipart/form-data' },
      'failed to decode request: multipart body without a boundary in its content type',
    ],
    [
      'a form that is none',
      { body: Buffer.from('<xml/>'), contentType: FORM },
      'failed to decode request: expected form data in POST request payload',
    ],
    ['latin-1', { body: Buffer.from('{"a":"\xe9"}', 'latin1') }, 'failed to decode request: invalid UTF8 in request payload'],
    ['latin-1 in gzip', { body: gzip(Buffer.from('{"a":"\xe9"}', 'latin1')) }, 'failed to decode request: invalid gzip data'],
    ['latin-1 in base64', { body: Buffer.from(base64(Buffer.from('{"\xe9"', 'latin1'))) }, 'failed to decode request: invalid UTF8'],
    ['gzip cut off', { body: gzip(JSON_TEXT).subarray(0, 30) }, 'failed to decode request: invalid GZIP data'],
    [
      'gzip cut off in base64',
      { body: Buffer.from(base64(gzip(JSON_TEXT).subarray(0, 30))) },
      'failed to decode request: invalid GZIP data',
    ],
    [
      'what is called lz64 and is not',
      { body: Buffer.from('hello'), query: { compression: 'lz64' } },
      'failed to decode request: decompress_lz64: failed decompress to UTF16',
    ],
  ])('refuses %s', (_, source, message) => {
    expect(refusal(source)).toContain(message);
  });

  it('has one cap for gzip, gzip in gzip and lz64', () => {
    const text = `{"a":"${'x'.repeat(992)}"}`;
    const sources = [{ body: gzip(text) }, { body: gzip(gzip(text)) }, { body: Buffer.from(lz64(text)), query: { compression: 'lz64' } }];
    for (const source of sources) {
      expect(decode(source, { maxInflatedBytes: 1000 })).toBe(text);
      expect(refusal(source, { maxInflatedBytes: 999 })).toMatch(/^maximum event size exceeded: .*999 (bytes|characters)/);
    }
  });

  it('reserves what gzip claims to become before inflating it, never more than the cap', () => {
    const asked: number[] = [];
    const reserve = (bytes: number) => void asked.push(bytes);
    const text = `{"a":"${'x'.repeat(992)}"}`;
    decode({ body: gzip(text) }, { reserve });
    refusal({ body: gzip(text) }, { reserve, maxInflatedBytes: 10 });
    decode({ body: Buffer.from(text) }, { reserve });
    expect(asked).toEqual([1000, 10]);
    expect(refusal({ body: gzip(text) }, { reserve: () => new CaptureError('transient', 'too many bytes in flight') })).toBe(
      'transient error, please retry: too many bytes in flight',
    );
  });

  it('refuses what is compressed twice where the outer compression is no mistake of a proxy', () => {
    const text = `[${'0,'.repeat(400_000)}0]`;
    expect(refusal({ body: gzip(gzip(text)) })).toBe(
      'maximum event size exceeded: body is compressed twice, and the outer compression grows it more than 4 times: compress it once',
    );
    expect(decode({ body: gzip(gzip(randomBytes(1000).toString('base64'))) })).not.toBe('');
    // One layer is never refused for its ratio.
    expect(decode({ body: gzip(text) })).toBe(text);
  });

  describe('by the header alone', () => {
    const declared = (body: Buffer, contentEncoding?: string) =>
      refusal({ body, contentEncoding }, { wrapping: 'declared', maxInflatedBytes: 500 });

    it.each<[string, Buffer, string | undefined, string]>([
      ['nothing', Buffer.alloc(0), undefined, 'request missing data payload: the request has no body'],
      ['plain', Buffer.from(JSON_TEXT), 'identity', `took ${JSON_TEXT}`],
      ['base64, which is not looked for', Buffer.from(base64(JSON_TEXT)), undefined, `took ${base64(JSON_TEXT)}`],
      ['gzip that is not named', gzip(JSON_TEXT), undefined, 'failed to decode request: invalid UTF8 in request payload'],
      [
        'too much',
        Buffer.alloc(501),
        undefined,
        'maximum event size exceeded: Decompressed payload would exceed 500 bytes (MAX_INFLATED_BYTES)',
      ],
      [
        'a coding that is not known',
        Buffer.from(JSON_TEXT),
        'lz4',
        'failed to decode request: Content-Encoding must be one of gzip, deflate, br, zstd',
      ],
    ])('reads %s', (_, body, coding, expected) => {
      expect(declared(body, coding)).toBe(expected);
    });

    it('knows gzip by its other name, and says what was damaged on its way', async () => {
      const named = async (body: Buffer) => peel({ body, contentEncoding: 'X-Gzip' }, { wrapping: 'declared' });
      expect((await named(gzip(JSON_TEXT))).toString()).toBe(JSON_TEXT);
      await expect(named(Buffer.from(gzip(JSON_TEXT).toString()))).rejects.toThrow('gzip that was damaged on its way');
    });

    it('inflates off the event loop', async () => {
      await expect(Promise.resolve(peel({ body: gzip(JSON_TEXT), contentEncoding: ' GZIP ' }, { wrapping: 'declared' }))).resolves.toEqual(
        Buffer.from(JSON_TEXT),
      );
      const empty = peel({ body: gzip(''), contentEncoding: 'gzip' }, { wrapping: 'declared' });
      await expect(empty).rejects.toThrow('request missing data payload: the body is empty once it is decompressed');
    });
  });

  it('goes on peeling after an inflation off the event loop', async () => {
    const text = JSON.stringify({ a: randomBytes(800_000).toString('base64') });
    const decoded = peel({ body: gzip(base64(text)) }, { maxInflatedBytes: 1e7 });
    expect(decoded).toBeInstanceOf(Promise);
    expect((await decoded).toString()).toBe(text);
  });

  it('knows no other than CaptureError, whatever bytes come under whatever name', async () => {
    const whole = [Buffer.from(JSON_TEXT), gzip(JSON_TEXT), Buffer.from(base64(gzip(JSON_TEXT))), form({ data: lz64(JSON_TEXT) })];
    const mutated = fc.tuple(fc.constantFrom(...whole), fc.nat(200), fc.nat(255), fc.nat(300)).map(([bytes, at, value, end]) => {
      const copy = Buffer.from(bytes.subarray(0, end));
      if (copy.length > 0) copy[at % copy.length] = value;
      return copy;
    });
    const source = fc.record({
      body: fc.oneof(mutated, fc.uint8Array().map(Buffer.from)),
      contentType: fc.constantFrom(undefined, FORM, 'multipart/form-data; boundary=b', 'text/plain'),
      contentEncoding: fc.constantFrom(undefined, 'gzip', 'lz64', 'lz4'),
      query: fc.constantFrom({}, { compression: 'lz64' }, { compression: ['gzip', 'base64'] }, { data: ['a', 5] }, { data: { a: 'b' } }),
    });
    fc.assert(
      fc.property(source, (one) => {
        refusal(one, { maxInflatedBytes: 2000 });
      }),
      { numRuns: 2000 },
    );
  });
});
