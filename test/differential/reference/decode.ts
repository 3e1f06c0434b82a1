import { gunzipSync } from 'node:zlib';
import type { Wire } from '../wire.js';
import { formFields, multipartFields } from './form.js';
import { lz64Text } from './lz64.js';
import { Refusal } from './refusal.js';
import { utf8Text } from './utf8.js';

const MAX_LAYERS = 4;

/** From what came over the wire to the JSON's text: decision 4, protocol 2.2. Bytes win over hints. */
export function decodedText(wire: Wire): string {
  const { payload, hint } = payloadOf(wire);
  if (payload.length === 0) throw new Refusal('empty_payload');

  let bytes = payload;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    if (isGzip(bytes)) {
      bytes = gunzipped(bytes, wire.maxInflatedBytes);
      if (isGzip(bytes) || isBase64(bytes)) continue;
      break;
    }
    if (isJson(bytes)) break;
    const inner = isBase64(bytes) ? fromBase64(bytes) : undefined;
    if (inner !== undefined && (isGzip(inner) || isJson(inner))) {
      bytes = inner;
      continue;
    }
    if (/^(?:lz64|lz-string)$/i.test(hint ?? '')) return utf8Text(Buffer.from(lz64Text(bytes, wire.maxInflatedBytes)));
    if (inner === undefined || !isBase64(inner)) break;
    bytes = inner;
  }
  return utf8Text(bytes);
}

/** The query's `data`, else a form's, else the body itself. */
function payloadOf({ body, contentType, contentEncoding, query }: Wire): { payload: Buffer; hint: string | undefined } {
  if (query.data) return { payload: Buffer.from(query.data), hint: query.compression };
  const mediaType = contentType?.split(';')[0].trim().toLowerCase();
  const isPayload = body.length === 0 || isGzip(body) || isJson(body);
  if (!isPayload && mediaType === 'multipart/form-data') return ofFields(multipartFields(body, contentType ?? ''), query.compression);
  if (!isPayload && isForm(body)) return ofFields(formFields(body), query.compression);
  if (!isPayload && mediaType === 'application/x-www-form-urlencoded' && !isBase64(body)) throw new Refusal('undecodable');
  return { payload: body, hint: query.compression ?? contentEncoding };
}

function ofFields(fields: ReadonlyMap<string, Buffer>, queryHint: string | undefined) {
  return { payload: fields.get('data') ?? Buffer.alloc(0), hint: queryHint ?? fields.get('compression')?.toString('latin1') };
}

function gunzipped(bytes: Buffer, maxOutputLength: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength });
  } catch (error) {
    throw new Refusal((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'payload_too_big' : 'undecodable');
  }
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
