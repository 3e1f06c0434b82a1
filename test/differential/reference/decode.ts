import { crc32, gunzipSync, inflateRawSync } from 'node:zlib';
import type { Wire } from '../wire.js';
import { formFields, multipartFields } from './form.js';
import { lz64Text } from './lz64.js';
import { Refusal } from './refusal.js';
import { utf8Text } from './utf8.js';

const MAX_LAYERS = 4;
/** Of those that the cases have. Any other is of a coding that is not understood. */
const KNOWN_HINTS = new Set(['', 'gzip', 'gzip-js', 'lz64', 'lz-string', 'base64']);
/** What a text decoder makes of gzip's first bytes. */
const DAMAGED_GZIP = /^1f(?:efbfbd|c28b|e280b9|3f08)/;

/** From what came over the wire to the JSON's text: decisions 4 and 38, protocol 2.2. Bytes win over hints. */
export function decodedText(wire: Wire): string {
  const { query, contentEncoding } = wire;
  let bytes = query.data ? Buffer.from(query.data) : wire.body;
  if (bytes.length === 0) throw new Refusal('empty_payload');
  let hint = query.data ? query.compression : (query.compression ?? contentEncoding);
  let mayBeForm = !query.data;
  let isInflated = false;

  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    if (isGzip(bytes)) {
      bytes = gunzipped(bytes, wire.maxInflatedBytes);
      isInflated = true;
      continue;
    }
    if (isJson(bytes)) break;
    const fields = mayBeForm ? fieldsIn(bytes, wire.contentType, isInflated) : undefined;
    if (fields !== undefined) {
      bytes = fields.get('data') ?? Buffer.alloc(0);
      if (bytes.length === 0) throw new Refusal('empty_payload');
      hint = query.compression ?? fields.get('compression')?.toString('latin1');
      mayBeForm = false;
      layer--;
      continue;
    }
    const inner = isBase64(bytes) ? fromBase64(bytes) : undefined;
    if (inner !== undefined && isDamaged(inner)) throw new Refusal('undecodable');
    if (inner !== undefined && (isGzip(inner) || isJson(inner))) {
      bytes = inner;
      mayBeForm = false;
      continue;
    }
    if (/^(?:lz64|lz-string)$/i.test(hint ?? '')) return textOf(Buffer.from(lz64Text(bytes, wire.maxInflatedBytes)), wire);
    if (inner === undefined || !isBase64(inner)) break;
    bytes = inner;
    mayBeForm = false;
  }
  return textOf(bytes, wire);
}

/** What is no JSON is refused for its coding, where that can be told, before its text is looked at. */
function textOf(bytes: Buffer, { query, contentEncoding }: Wire): string {
  const text = utf8Text(bytes);
  const isUnknown = [query.compression, contentEncoding].some((hint) => hint !== undefined && !KNOWN_HINTS.has(hint.toLowerCase()));
  if (!isJson(bytes) && (isDamaged(bytes) || isUnknown)) throw new Refusal('undecodable');
  return text;
}

/** Undefined when it is no form, whatever its content type says. */
function fieldsIn(body: Buffer, contentType: string | undefined, isInflated: boolean): ReadonlyMap<string, Buffer> | undefined {
  const mediaType = contentType?.split(';')[0].trim().toLowerCase();
  if (mediaType === 'multipart/form-data') {
    if (isInflated && !/boundary=/i.test(contentType ?? '')) return undefined;
    const fields = multipartFields(body, contentType ?? '');
    return isInflated && !fields.has('data') ? undefined : fields;
  }
  if (isForm(body)) return formFields(body);
  if (mediaType !== 'application/x-www-form-urlencoded') return undefined;
  const fields = formFields(body);
  if (fields.has('data')) return fields;
  if (!isBase64(body)) throw new Refusal('undecodable');
  return undefined;
}

/** Members one behind the other, and whatever is none behind them. */
function gunzipped(bytes: Buffer, maxOutputLength: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength });
  } catch (error) {
    const isTooBig = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const first = isTooBig ? undefined : firstMember(bytes, maxOutputLength);
    if (first === undefined) throw new Refusal(isTooBig ? 'payload_too_big' : 'undecodable');
    return isGzip(first.rest) ? Buffer.concat([first.plain, gunzipped(first.rest, maxOutputLength)]) : first.plain;
  }
}

const HEAD_BYTES = 10;

/** Of a head without names and notes, as the cases have it. */
function firstMember(bytes: Buffer, maxOutputLength: number): { plain: Buffer; rest: Buffer } | undefined {
  try {
    const { buffer: plain, engine } = inflateRawSync(bytes.subarray(HEAD_BYTES), { info: true, maxOutputLength }) as unknown as Inflated;
    const trailer = bytes.subarray(HEAD_BYTES + engine.bytesWritten);
    const isWhole = bytes[3] === 0 && trailer.readUInt32LE(0) === crc32(plain) && trailer.readUInt32LE(4) === plain.length;
    return isWhole ? { plain, rest: trailer.subarray(8) } : undefined;
  } catch {
    return undefined;
  }
}

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function isDamaged(bytes: Buffer): boolean {
  return DAMAGED_GZIP.test(bytes.toString('hex', 0, 4));
}

function isGzip(bytes: Buffer): boolean {
  return bytes.toString('hex', 0, 3) === '1f8b08';
}

/** Opens an object or array, once blanks and a byte order mark are passed over. */
function isJson(bytes: Buffer): boolean {
  return /^[ \t\r\n\xef\xbb\xbf]*[{[]/.test(bytes.toString('latin1'));
}

function isForm(bytes: Buffer): boolean {
  return /(?:^|&)(?:data|_|ip|compression)=/.test(bytes.toString('latin1', 0, 128));
}

function isBase64(bytes: Buffer): boolean {
  return /^[A-Za-z0-9+/_= \r\n-]+$/.test(bytes.toString('latin1', 0, 128));
}

function fromBase64(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').trim().replaceAll(' ', '+'), 'base64');
}
