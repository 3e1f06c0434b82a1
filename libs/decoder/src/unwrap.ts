import { CaptureError, type Steps } from '@app/event';
import type { Reserve } from './byte-budget.js';
import type { DecodePolicy } from './decode-policy.js';
import { decodeBase64, looksLikeBase64, restorePlus } from './encodings/base64.js';
import { CONTENT_ENCODINGS, type ContentEncoding } from './encodings/coding.js';
import { looksLikeForm, parseForm, type FormFields } from './encodings/form.js';
import { gunzip, gunzipNow, isGzip } from './encodings/gzip.js';
import { inflateAside, type InflateLimits } from './encodings/inflate-aside.js';
import { tooBig } from './encodings/inflation.js';
import { decodeLz64 } from './encodings/lz64.js';
import { parseMultipart } from './encodings/multipart.js';
import { utf8Steps, validUtf8 } from './encodings/utf8.js';
import type { Turn } from './scan/scan-payload.js';

/** What a request brings along, as the HTTP layer read it. */
export interface BodySource {
  /** Empty for GET. */
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly query: Readonly<Record<string, unknown>>;
}

export interface UnwrapResources {
  readonly reserve: Reserve;
  readonly release: InflateLimits['release'];
  readonly turn: Turn;
  readonly onSlow: InflateLimits['onSlow'];
}

/** Of base64 in base64 (old paths), never more than this in the wild. */
const MAX_BASE64_LAYERS = 4;
/** Of compression: a proxy that compresses what an SDK has compressed. */
const MAX_COMPRESSIONS = 2;
/** Of two the outer may grow so many times: what is compressed does not compress again. */
const MAX_OUTER_RATIO = 4;

/** What is done at once for nearly every body, and in steps for one that is large or oddly wrapped. */
type Soon = Buffer | Steps<Buffer>;

/**
 * Peels every wrapping off the JSON.
 *
 * @returns valid UTF-8, presumably JSON; steps to it where that takes a while
 * @throws CaptureError `empty_payload`, `undecodable`, `payload_too_big`, `transient` when memory is short
 */
export function unwrap(source: BodySource, policy: DecodePolicy, resources: UnwrapResources): Soon {
  const peeler = new Peeler(policy, resources);
  return policy.wrapping === 'declared' ? peeler.declared(source) : peeler.sniffed(source);
}

interface PeelLimits extends InflateLimits {
  readonly maxInflatedBytes: number;
  readonly maxBase64Bytes: number;
  readonly maxLz64Bytes: number;
}

class Peeler {
  private compressions = 0;
  private base64Layers = 0;
  private allLimits: PeelLimits | undefined;

  constructor(
    private readonly policy: DecodePolicy,
    private readonly resources: UnwrapResources,
  ) {}

  /** By the header alone: nothing is guessed. */
  declared({ body, contentEncoding }: BodySource): Soon {
    if (body.length === 0) throw new CaptureError('empty_payload', 'the request has no body');
    const coding = codingOf(contentEncoding);
    if (coding !== undefined) return this.inflated(body, coding);
    const { maxBytes, variable } = this.policy.inflated;
    if (body.length > maxBytes) throw tooBig(maxBytes, variable);
    return this.finish(body, 'invalid UTF8 in request payload');
  }

  private *inflated(body: Buffer, coding: ContentEncoding): Steps<Buffer> {
    const plain = yield* inflateAside(body, coding, this.limits);
    if (plain.length === 0) throw new CaptureError('empty_payload', 'the body is empty once it is decompressed');
    return yield* settled(this.finish(plain, 'invalid UTF8 in request payload'));
  }

  /** Query or form field, multipart, base64, gzip, lz64. Bytes win over hints: a wrong, missing or doubled hint is never an error. */
  sniffed(source: BodySource): Soon {
    const { body, query } = source;
    // Nearly all are no form; the rest of the way is the same.
    if (query.data === undefined && (isGzip(body) || looksLikeJson(body)))
      return this.peel(body, text(query.compression) ?? source.contentEncoding);
    return this.transported(source);
  }

  private *transported(source: BodySource): Steps<Buffer> {
    const { payload, hint } = yield* this.transport(source);
    if (payload.length === 0) throw new CaptureError('empty_payload');
    return yield* settled(this.peel(payload, hint));
  }

  private get limits(): PeelLimits {
    const { inflated, maxBase64Bytes, maxLz64Bytes } = this.policy;
    const { reserve, release, turn, onSlow } = this.resources;
    return (this.allLimits ??= {
      ...inflated,
      maxInflatedBytes: inflated.maxBytes,
      maxBase64Bytes,
      maxLz64Bytes,
      reserve,
      release,
      turn,
      onSlow,
    });
  }

  private *transport({ body, contentType, contentEncoding, query }: BodySource): Steps<{ payload: Buffer; hint: string | undefined }> {
    const queryHint = text(query.compression);
    const inQuery = text(query.data);
    if (inQuery) return { payload: Buffer.from(inQuery), hint: queryHint };
    const fields = yield* this.formFields(body, contentType);
    if (fields === undefined) return { payload: body, hint: queryHint ?? contentEncoding };
    return { payload: fields.data ?? Buffer.alloc(0), hint: queryHint ?? fields.compression };
  }

  /** Undefined when the body is the payload itself, whatever its content type says (`curl -d` says "form" of JSON). */
  private *formFields(body: Buffer, contentType: string | undefined): Steps<FormFields | undefined> {
    if (body.length === 0 || isGzip(body) || looksLikeJson(body)) return undefined;
    const mediaType = contentType?.split(';', 1)[0].trim().toLowerCase();
    if (mediaType === 'multipart/form-data') {
      const boundary = /boundary="?([^";]+)/i.exec(contentType ?? '')?.[1];
      if (boundary === undefined) throw new CaptureError('undecodable', 'multipart body without a boundary in its content type');
      return yield* parseMultipart(body, boundary.trim(), this.limits.turn);
    }
    if (looksLikeForm(body)) {
      this.reserve(body.length);
      return yield* parseForm(body, this.limits.turn);
    }
    if (mediaType !== 'application/x-www-form-urlencoded' || looksLikeBase64(body)) return undefined;
    throw new CaptureError('undecodable', 'expected form data in POST request payload');
  }

  private peel(payload: Buffer, hint: string | undefined): Soon {
    if (isGzip(payload)) {
      this.countCompression();
      const inflated = gunzipNow(payload, this.limits);
      return inflated === undefined ? this.peelLarge(payload, hint) : this.peelInflated(inflated, payload.length, hint);
    }
    if (looksLikeJson(payload) || this.base64Layers === MAX_BASE64_LAYERS) return this.finish(payload, 'invalid UTF8 in request payload');
    return this.peelText(payload, hint);
  }

  private *peelLarge(payload: Buffer, hint: string | undefined): Steps<Buffer> {
    return yield* settled(this.peelInflated(yield* gunzip(payload, this.limits), payload.length, hint));
  }

  private *peelText(payload: Buffer, hint: string | undefined): Steps<Buffer> {
    const isBase64 = looksLikeBase64(payload);
    const isLz64 = hint !== undefined && /^(?:lz64|lz-string)$/i.test(hint);
    // Before the hint is heard: lz64 of JSON never reads as base64 of JSON or gzip (it begins with other bits).
    if (isBase64 && (!isLz64 || payload.length <= this.policy.maxLz64Bytes)) {
      const decoded = yield* decodeBase64(payload, this.limits);
      if (isGzip(decoded) || looksLikeJson(decoded) || (!isLz64 && looksLikeBase64(decoded))) {
        this.base64Layers++;
        return yield* settled(this.peel(decoded, hint));
      }
    }
    if (!isLz64) return yield* settled(this.finish(payload, 'invalid UTF8 in request payload'));
    const inflated = yield* decodeLz64(yield* restorePlus(payload, this.limits.turn), this.limits);
    return yield* settled(this.finish(inflated, 'failed UTF16 to UTF8 conversion'));
  }

  private countCompression(): void {
    if (++this.compressions > MAX_COMPRESSIONS)
      throw new CaptureError('payload_too_big', `body is compressed more than ${MAX_COMPRESSIONS} times: compress it once`);
  }

  private peelInflated(bytes: Buffer, compressedBytes: number, hint: string | undefined): Soon {
    if (!isGzip(bytes)) return looksLikeBase64(bytes) ? this.peel(bytes, hint) : this.finish(bytes, 'invalid gzip data');
    if (bytes.length > MAX_OUTER_RATIO * compressedBytes)
      throw new CaptureError(
        'payload_too_big',
        `body is compressed twice, and the outer compression grows it more than ${MAX_OUTER_RATIO} times: compress it once`,
      );
    return this.peel(bytes, hint);
  }

  private finish(bytes: Buffer, complaint: string): Soon {
    return validUtf8(bytes) ?? this.repaired(bytes, complaint);
  }

  private *repaired(bytes: Buffer, complaint: string): Steps<Buffer> {
    const utf8 = yield* utf8Steps(bytes, this.limits.turn);
    if (utf8 === undefined) throw new CaptureError('undecodable', complaint);
    // A copy.
    if (utf8.buffer !== bytes.buffer) this.reserve(bytes.length);
    return utf8;
  }

  private reserve(bytes: number): void {
    const refusal = this.resources.reserve(bytes);
    if (refusal) throw refusal;
  }
}

/** Within steps. */
function* settled(soon: Soon): Steps<Buffer> {
  return Buffer.isBuffer(soon) ? soon : yield* soon;
}

/** Undefined for `identity`. @throws CaptureError `undecodable` for what is not understood */
function codingOf(header: string | undefined): ContentEncoding | undefined {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return undefined;
  const coding = CONTENT_ENCODINGS.find((known) => known === name);
  if (coding === undefined) throw new CaptureError('undecodable', `Content-Encoding must be one of ${CONTENT_ENCODINGS.join(', ')}`);
  return coding;
}

/** So much white space before an object is still looked past. */
const SNIFF_BYTES = 1024;

/** Whether the first byte that is neither white space nor a byte order mark opens an object or array; nothing but blanks is for the scanner. */
function looksLikeJson(bytes: Buffer): boolean {
  const end = Math.min(bytes.length, SNIFF_BYTES);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i];
    if (byte === 0x7b || byte === 0x5b) return true;
    const isBlank = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    const isMark = byte === 0xef || byte === 0xbb || byte === 0xbf;
    if (!isBlank && !isMark) return false;
  }
  return bytes.length > SNIFF_BYTES;
}

/** A query parameter given twice is an array; the last one counts. */
function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? text(value.at(-1)) : undefined;
}
