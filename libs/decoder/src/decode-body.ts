import { CaptureError } from '@app/event';
import type { Reserve } from './byte-budget.js';
import { decodeBase64, looksLikeBase64 } from './encodings/base64.js';
import { looksLikeForm, parseForm, type FormFields } from './encodings/form.js';
import { inflate, isGzip } from './encodings/gzip.js';
import { decodeLz64 } from './encodings/lz64.js';
import { parseMultipart } from './encodings/multipart.js';
import { toUtf8 } from './encodings/utf8.js';

/** What a request brings along, as the HTTP layer read it. */
export interface BodySource {
  /** Empty for GET. */
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly query: Readonly<Record<string, unknown>>;
}

export interface DecodeLimits {
  /** The most bytes (or UTF-16 units of lz64) that decompression may produce. */
  readonly maxInflatedBytes: number;
  readonly reserve: Reserve;
}

/** Layers deep: base64 in base64 (old paths), gzip in base64, never more than this in the wild. */
const MAX_LAYERS = 4;

/**
 * Peels every wrapping off the JSON: query or form field, multipart, base64, gzip, lz64. Bytes win over hints: a
 * wrong, missing or doubled hint is never an error, because SDKs of every age get it wrong.
 *
 * @returns valid UTF-8, presumably JSON; a promise only for a large gzip
 * @throws CaptureError `empty_payload`, `undecodable`, `payload_too_big`, `transient` when memory is short
 */
export function decodeBody(source: BodySource, limits: DecodeLimits): Buffer | Promise<Buffer> {
  const { payload, hint } = unwrapTransport(source);
  if (payload.length === 0) throw new CaptureError('empty_payload');
  return peel(payload, hint, limits, MAX_LAYERS);
}

function unwrapTransport({ body, contentType, contentEncoding, query }: BodySource): { payload: Buffer; hint: string | undefined } {
  const queryHint = text(query.compression);
  const inQuery = text(query.data);
  if (inQuery) return { payload: Buffer.from(inQuery), hint: queryHint };
  const fields = formFields(body, contentType);
  if (fields === undefined) return { payload: body, hint: queryHint ?? contentEncoding };
  return { payload: fields.get('data') ?? Buffer.alloc(0), hint: queryHint ?? fields.get('compression')?.toString('latin1') };
}

/** Undefined when the body is the payload itself, whatever its content type says (`curl -d` says "form" of JSON). */
function formFields(body: Buffer, contentType: string | undefined): FormFields | undefined {
  if (body.length === 0 || isGzip(body) || looksLikeJson(body)) return undefined;
  const mediaType = contentType?.split(';', 1)[0].trim().toLowerCase();
  if (mediaType === 'multipart/form-data') {
    const boundary = /boundary="?([^";]+)/i.exec(contentType ?? '')?.[1];
    if (boundary === undefined) throw new CaptureError('undecodable', 'multipart body without a boundary in its content type');
    return parseMultipart(body, boundary.trim());
  }
  if (looksLikeForm(body)) return parseForm(body);
  if (mediaType !== 'application/x-www-form-urlencoded' || looksLikeBase64(body)) return undefined;
  throw new CaptureError('undecodable', 'expected form data in POST request payload');
}

function peel(payload: Buffer, hint: string | undefined, limits: DecodeLimits, layers: number): Buffer | Promise<Buffer> {
  if (isGzip(payload) && layers > 0) {
    const inflated = inflate(payload, limits);
    if (inflated instanceof Promise) return inflated.then((bytes) => peelInflated(bytes, hint, limits, layers));
    return peelInflated(inflated, hint, limits, layers);
  }
  if (looksLikeJson(payload) || layers === 0) return finish(payload, 'invalid UTF8 in request payload');
  const decoded = looksLikeBase64(payload) ? decodeBase64(payload) : undefined;
  // Before the hint is heard: lz64 of JSON never reads as base64 of JSON or gzip (it begins with other bits).
  if (decoded !== undefined && (isGzip(decoded) || looksLikeJson(decoded))) return peel(decoded, hint, limits, layers - 1);
  const isLz64 = hint !== undefined && /^(lz64|lz-string)$/i.test(hint);
  if (isLz64) return finish(decodeLz64(restorePlus(payload), limits.maxInflatedBytes, limits.reserve), 'failed UTF16 to UTF8 conversion');
  if (decoded !== undefined && looksLikeBase64(decoded)) return peel(decoded, hint, limits, layers - 1);
  return finish(payload, 'invalid UTF8 in request payload');
}

function peelInflated(bytes: Buffer, hint: string | undefined, limits: DecodeLimits, layers: number): Buffer | Promise<Buffer> {
  if (isGzip(bytes) || looksLikeBase64(bytes)) return peel(bytes, hint, limits, layers - 1);
  return finish(bytes, 'invalid gzip data');
}

function finish(bytes: Buffer, complaint: string): Buffer {
  const utf8 = toUtf8(bytes);
  if (utf8 === undefined) throw new CaptureError('undecodable', complaint);
  return utf8;
}

/** Whether the first byte that is neither white space nor a byte order mark opens an object or array. */
function looksLikeJson(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte === 0x7b || byte === 0x5b) return true;
    const isBlank = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    const isMark = byte === 0xef || byte === 0xbb || byte === 0xbf;
    if (!isBlank && !isMark) return false;
  }
  return false;
}

function restorePlus(bytes: Buffer): Buffer {
  return bytes.includes(0x20) ? Buffer.from(bytes.toString('latin1').replaceAll(' ', '+'), 'latin1') : bytes;
}

/** A query parameter given twice is an array; the last one counts. */
function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? text(value.at(-1)) : undefined;
}
