import { once } from 'node:events';
import { Transform, type TransformCallback } from 'node:stream';
import { constants, createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib';
import { Lz64Writer } from './lz64-writer.js';
import { chunksOf, type Part } from './parts.js';

export const BOUNDARY = 'hostile-boundary';

/** As streams: what lies between two layers is never held in whole. */
const CODERS = {
  gzip: () => createGzip({ level: 9 }),
  deflate: () => createDeflate({ level: 9 }),
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  zstd: () => createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
  base64: () => coder({ each: base64Of(), end: (rest) => rest.toString('base64') }),
  lz64: () => {
    const writer = new Lz64Writer();
    return coder({ each: (chunk) => writer.write(chunk), end: () => writer.end() });
  },
  /** Something behind it that is none of it. */
  'and-more': () => coder({ end: () => '\r\n--and-more--' }),
  /** A field of a form, percent-encoded as it should be. */
  form: () => coder({ begin: 'data=', each: percentEncoded }),
  /** A field of a form whose bytes nobody has encoded. */
  'form-raw': () => coder({ begin: 'data=' }),
  multipart: () =>
    coder({
      begin: `--${BOUNDARY}\r\nContent-Disposition: form-data; name="data"\r\n\r\n`,
      end: () => `\r\n--${BOUNDARY}--\r\n`,
    }),
} as const satisfies Record<string, () => Transform>;

export type Coding = keyof typeof CODERS;
export const CODINGS = Object.keys(CODERS) as Coding[];

/**
 * The parts in these codings, innermost first.
 *
 * @returns undefined when that is more than `maxBytes`
 */
export async function encode(parts: readonly Part[], codings: readonly Coding[], maxBytes = Infinity): Promise<Buffer | undefined> {
  const stages = codings.map((coding) => CODERS[coding]());
  const out: Buffer[] = [];
  let length = 0;
  const take = (chunk: Buffer): void => {
    length += chunk.length;
    if (length <= maxBytes) out.push(chunk);
  };
  const [first] = stages;
  for (let i = 1; i < stages.length; i++) stages[i - 1].pipe(stages[i]);
  const last = stages.at(-1)?.on('data', take);
  for (const chunk of chunksOf(parts)) {
    if (length > maxBytes) break;
    if (first === undefined) take(chunk);
    else if (!first.write(chunk)) await once(first, 'drain');
  }
  if (last !== undefined && length <= maxBytes) {
    first.end();
    await once(last, 'end');
  }
  for (const stage of stages) stage.destroy();
  return length > maxBytes ? undefined : Buffer.concat(out, length);
}

interface Coder {
  readonly begin?: string;
  readonly each?: (chunk: Buffer) => Buffer | string | void;
  /** @param rest what `each` has left over, if it is one that does */
  readonly end?: (rest: Buffer) => Buffer | string;
}

function coder({ begin, each = (chunk) => chunk, end }: Coder): Transform {
  let isBegun = begin === undefined;
  const start = (stream: Transform): void => {
    if (!isBegun) stream.push(begin);
    isBegun = true;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      start(this);
      const made = each(chunk);
      done(null, made === undefined || made.length === 0 ? undefined : made);
    },
    flush(done) {
      start(this);
      done(null, end?.((each as { rest?: Buffer }).rest ?? Buffer.alloc(0)));
    },
  });
}

/** Three bytes are four chars: what is over waits for the next chunk. */
function base64Of(): ((chunk: Buffer) => string) & { rest?: Buffer } {
  const each: ((chunk: Buffer) => string) & { rest?: Buffer } = (chunk) => {
    const all = each.rest === undefined || each.rest.length === 0 ? chunk : Buffer.concat([each.rest, chunk]);
    const whole = all.length - (all.length % 3);
    each.rest = Buffer.from(all.subarray(whole));
    return all.toString('base64', 0, whole);
  };
  return each;
}

const UNRESERVED = /[A-Za-z0-9\-_.~]/;
const PERCENT = Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return Buffer.from(UNRESERVED.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
});

function percentEncoded(chunk: Buffer): Buffer {
  const out = Buffer.allocUnsafe(chunk.length * 3);
  let length = 0;
  for (const byte of chunk) length += PERCENT[byte].copy(out, length);
  return out.subarray(0, length);
}
