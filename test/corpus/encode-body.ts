import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import lz from 'lz-string';

export const MULTIPART_BOUNDARY = 'corpus-boundary';

type Step = (bytes: Buffer, argument: string) => Buffer;

/** What SDKs, browsers, proxies and accidents do to a body. `name:argument` in a case's `encode`. */
const STEPS: Readonly<Record<string, Step>> = {
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  /** Without zlib's head and checksum. */
  'deflate-raw': (bytes) => deflateRawSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
  base64: (bytes) => Buffer.from(bytes.toString('base64')),
  /** Base64 without its `=`, as some SDKs and shells write it. */
  unpad: (bytes) => Buffer.from(bytes.toString('latin1').replace(/=+$/, '')),
  /** `+` that became a space on the way, as in a form that was never percent-encoded. */
  'plus-to-space': (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('+', ' ')),
  lz64: (bytes) => Buffer.from(lz.compressToBase64(bytes.toString())),
  urlencode: (bytes) => Buffer.from(encodeURIComponent(bytes.toString())),
  form: (bytes, field) => Buffer.from(`${field}=${encodeURIComponent(bytes.toString())}`),
  multipart: (bytes, field) => multipart(bytes, field),
  /** Text of JavaScript written as UTF-8 one UTF-16 unit at a time: what old posthog-js does before base64. */
  cesu8: (bytes) => cesu8(bytes.toString()),
  bom: (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  utf16le: (bytes) => Buffer.from(bytes.toString(), 'utf16le'),
  /** What a proxy or a body parser makes of bytes that it takes for text. */
  'read-as': (bytes, charset) => Buffer.from(textOf(bytes, charset)),
  /** The same once more behind it. */
  twice: (bytes) => Buffer.concat([bytes, bytes]),
  /** Leaves off that many bytes of the end. */
  truncate: (bytes, count) => bytes.subarray(0, bytes.length - Number(count)),
  prepend: (bytes, text) => Buffer.concat([Buffer.from(text), bytes]),
  append: (bytes, text) => Buffer.concat([bytes, Buffer.from(text)]),
};

export function encodeBody(bytes: Buffer, steps: readonly string[]): Buffer {
  return steps.reduce((current, step) => {
    const colon = step.indexOf(':');
    const name = colon === -1 ? step : step.slice(0, colon);
    const run = STEPS[name];
    if (run === undefined) throw new Error(`unknown encoding step "${name}"; there are ${Object.keys(STEPS).join(', ')}`);
    return run(current, colon === -1 ? '' : step.slice(colon + 1));
  }, bytes);
}

function textOf(bytes: Buffer, charset: string): string {
  if (charset === 'latin-1') return bytes.toString('latin1');
  if (charset === 'ascii') return bytes.toString('latin1').replace(/[\u0080-\u00ff]/g, '?');
  return new TextDecoder(charset).decode(bytes);
}

function multipart(bytes: Buffer, field: string): Buffer {
  const head = `--${MULTIPART_BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${MULTIPART_BOUNDARY}--\r\n`)]);
}

function cesu8(text: string): Buffer {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Buffer.from(bytes);
}
