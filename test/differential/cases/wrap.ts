import type { SeededRandom } from '@app/testing';
import { encodeBody, MULTIPART_BOUNDARY } from '../../corpus/encode-body.js';
import type { Wire } from '../wire.js';

type Wrapped = Pick<Wire, 'body' | 'contentType' | 'contentEncoding' | 'query'>;

const STEPS = [
  [],
  [],
  ['gzip'],
  ['base64'],
  ['base64', 'unpad'],
  ['base64', 'plus-to-space'],
  ['gzip', 'base64'],
  ['lz64'],
  ['gzip', 'gzip'],
  ['base64', 'base64'],
  ['base64', 'gzip'],
  ['bom'],
  ['bom', 'gzip'],
  ['cesu8'],
  ['cesu8', 'base64'],
  ['base64', 'base64', 'base64', 'base64', 'base64'],
  ['gzip', 'base64', 'base64'],
  ['lz64', 'gzip'],
  ['utf16le'],
  ['lz64', 'plus-to-space'],
  ['form:data', 'gzip'],
  ['base64', 'form:data', 'gzip'],
  ['base64', 'multipart:data', 'gzip'],
  ['gzip', 'append:\r\n'],
  ['gzip', 'append:}', 'base64'],
  ['gzip', 'read-as:utf-8'],
];
const HINTS = [undefined, undefined, undefined, 'gzip', 'gzip-js', 'lz64', 'LZ-String', 'base64', 'nonsense', ''];
const TYPES = [
  undefined,
  'text/plain',
  'application/json',
  'application/json; charset=utf-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  `multipart/form-data; boundary=${MULTIPART_BOUNDARY}`,
];
const FORM = 'application/x-www-form-urlencoded';

/** Wraps a body as SDKs do, the hints mostly right: body, form, multipart or query; gzip, base64, lz64 and their mixtures. */
export function wrapped(r: SeededRandom, json: Buffer): Wrapped {
  const steps = r.chance(0.45) ? [] : r.pick(STEPS);
  const bytes = encodeBody(json, steps);
  const right = steps.includes('lz64') ? 'lz64' : undefined;
  const hint = r.chance(0.8) ? right : r.pick(HINTS);
  const other = r.chance(0.95) ? undefined : r.pick(HINTS);
  const contentType = r.chance(0.8) ? r.pick(TYPES.slice(0, 4)) : r.pick(TYPES);
  const query = { ...(hint !== undefined && { compression: hint }) };

  const way = r.int(10);
  if (way === 0)
    return { body: Buffer.alloc(0), contentType: undefined, contentEncoding: other, query: { ...query, data: bytes.toString() } };
  if (way === 1)
    return {
      body: formOf(r, bytes, hint),
      contentType: r.chance(0.8) ? `${FORM}; charset=UTF-8` : contentType,
      contentEncoding: other,
      query: {},
    };
  if (way === 2) {
    const body = encodeBody(bytes, ['multipart:data']);
    return { body, contentType: r.chance(0.9) ? TYPES[6] : contentType, contentEncoding: other, query };
  }
  return r.chance(0.5)
    ? { body: bytes, contentType, contentEncoding: other, query }
    : { body: bytes, contentType, contentEncoding: hint, query: {} };
}

function formOf(r: SeededRandom, bytes: Buffer, hint: string | undefined): Buffer {
  const isReserved = (byte: number) => !/[\w.~-]/.test(String.fromCharCode(byte)) || byte > 0x7f;
  // Some percent-encode all, some only what would end the field.
  const isEscaped = r.chance(0.8) ? isReserved : (byte: number) => byte === 0x26 || byte === 0x25;
  const escaped = [...bytes].map((byte) => (isEscaped(byte) ? `%${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte)));
  const fields = [`data=${escaped.join('')}`];
  if (hint !== undefined) fields.push(`compression=${hint}`);
  if (r.chance(0.2)) fields.push('ip=1', '_=1795521599000');
  if (r.chance(0.3)) fields.reverse();
  return Buffer.from(fields.join('&'), 'latin1');
}
