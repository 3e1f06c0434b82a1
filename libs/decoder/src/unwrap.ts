import { CaptureError, type Steps } from '@app/event';
import type { Reserve } from './byte-budget.js';
import type { DecodePolicy } from './decode-policy.js';
import { decodeBase64, looksLikeBase64, restorePlus } from './encodings/base64.js';
import { codingOf, type ContentEncoding } from './encodings/coding.js';
import { damageOf } from './encodings/damage.js';
import { looksLikeForm, parseForm, type FormFields } from './encodings/form.js';
import { isGzip } from './encodings/gzip-head.js';
import { gunzip, gunzipNow } from './encodings/gzip.js';
import { mayNameUnmarked, unknownCoding, unmarkedCodings, type UnmarkedCoding } from './encodings/hints.js';
import { inflateAside, type InflateLimits } from './encodings/inflate-aside.js';
import { tooBig } from './encodings/inflation.js';
import { decodeLz64 } from './encodings/lz64.js';
import { isMultipart, mediaType } from './encodings/media-type.js';
import { parseMultipart } from './encodings/multipart.js';
import { deflateKind, isCompressed, looksLikeJson, looksLikeText } from './encodings/sniff.js';
import { utf8Steps, validUtf8 } from './encodings/utf8.js';
import { isZstd } from './encodings/zstd.js';
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
  private source: BodySource | undefined;
  /** Until one is found, or base64. */
  private mayBeForm = false;
  private compressions = 0;
  /** What the last of them has become, by what it was. */
  private growth = 0;
  private untried: readonly UnmarkedCoding[] = [];
  /** What was tried in vain. */
  private failed: UnmarkedCoding | undefined;
  private base64Layers = 0;
  private complaint = 'invalid UTF8 in request payload';
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
    return this.finish(body);
  }

  private *inflated(body: Buffer, coding: ContentEncoding): Steps<Buffer> {
    // Brotli has no magic number, and may begin like damaged gzip.
    const damage = coding === 'br' ? undefined : damageOf(body);
    if (damage !== undefined) throw readAsText(damage);
    const plain = yield* inflateAside(body, coding, this.limits);
    if (plain.length === 0) throw new CaptureError('empty_payload', 'the body is empty once it is decompressed');
    return yield* settled(this.finish(plain));
  }

  /** Query or form field, multipart, base64, gzip, zstd, lz64. Bytes win over hints: a wrong, missing or doubled hint is never an error. */
  sniffed(source: BodySource): Soon {
    const { body, contentEncoding, query } = source;
    const queryHint = text(query.compression);
    this.source = source;
    if (mayNameUnmarked(queryHint) || mayNameUnmarked(contentEncoding)) this.untried = unmarkedCodings(queryHint, contentEncoding);
    const inQuery = text(query.data);
    if (inQuery) return this.peel(Buffer.from(inQuery), queryHint);
    if (body.length === 0) throw new CaptureError('empty_payload');
    this.mayBeForm = true;
    return this.peel(body, queryHint ?? contentEncoding);
  }

  private get limits(): PeelLimits {
    const { inflated, maxBase64Bytes, maxLz64Bytes } = this.policy;
    const { reserve, release, turn, onSlow } = this.resources;
    let isSlow = false;
    return (this.allLimits ??= {
      ...inflated,
      maxInflatedBytes: inflated.maxBytes,
      maxBase64Bytes,
      maxLz64Bytes,
      reserve,
      release,
      turn,
      onSlow: (leave) => {
        isSlow = true;
        onSlow(leave);
      },
      isSlow: () => isSlow,
    });
  }

  /** Undefined when the body is the payload itself, whatever its content type says (`curl -d` says "form" of JSON and base64). */
  private *formFields(body: Buffer, contentType: string | undefined): Steps<FormFields | undefined> {
    if (isMultipart(contentType)) {
      const boundary = /boundary="?([^";]+)/i.exec(contentType ?? '')?.[1];
      // Within compression base64 was always taken, whatever the content type says.
      const isSure = this.compressions === 0;
      if (boundary === undefined && !isSure) return undefined;
      if (boundary === undefined) throw new CaptureError('undecodable', 'multipart body without a boundary in its content type');
      const fields = yield* parseMultipart(body, boundary.trim(), this.limits.turn);
      return isSure || fields.data !== undefined ? fields : undefined;
    }
    const looks = looksLikeForm(body);
    if (!looks && mediaType(contentType) !== 'application/x-www-form-urlencoded') return undefined;
    this.reserve(body.length);
    const fields = yield* parseForm(body, this.limits.turn);
    if (looks || fields.data !== undefined) return fields;
    this.resources.release(body.length);
    if (looksLikeBase64(body)) return undefined;
    throw this.unreadable(body, 'expected form data in POST request payload');
  }

  private peel(payload: Buffer, hint: string | undefined): Soon {
    if (isGzip(payload)) {
      this.countCompression();
      this.complaint = 'invalid gzip data';
      const inflated = gunzipNow(payload, this.limits);
      return inflated === undefined ? this.peelLarge(payload, hint) : this.peelInflated(inflated, payload.length, hint);
    }
    if (isZstd(payload)) return this.peelZstd(payload, hint);
    // Before JSON: brotli begins with `[` often enough.
    if (this.mayBeUnmarked(payload)) return this.peelNamed(payload, hint);
    if (looksLikeJson(payload) || this.base64Layers === MAX_BASE64_LAYERS) return this.finish(payload);
    return this.peelText(payload, hint);
  }

  private *peelLarge(payload: Buffer, hint: string | undefined): Steps<Buffer> {
    return yield* settled(this.peelInflated(yield* gunzip(payload, this.limits), payload.length, hint));
  }

  private *peelZstd(payload: Buffer, hint: string | undefined): Steps<Buffer> {
    this.countCompression();
    return yield* settled(this.peelInflated(yield* inflateAside(payload, 'zstd', this.limits), payload.length, hint));
  }

  private *peelNamed(payload: Buffer, hint: string | undefined): Steps<Buffer> {
    const inflated = yield* this.tried(payload);
    return yield* settled(inflated === undefined ? this.peel(payload, hint) : this.peelInflated(inflated, payload.length, hint));
  }

  /** Neither of them begins with `{` when JSON is in it, and neither is text; in multipart they are within. */
  private mayBeUnmarked(bytes: Buffer): boolean {
    if (this.untried.length === 0 || bytes[0] === 0x7b || looksLikeText(bytes)) return false;
    return !this.mayBeForm || !isMultipart(this.source?.contentType) || bytes.latin1Slice(0, 2) !== '--';
  }

  /** What a hint names and no magic number tells: each once, whatever comes of it. */
  private *tried(payload: Buffer): Steps<Buffer | undefined> {
    for (const named of this.untried) {
      this.untried = this.untried.filter((other) => other !== named);
      // A hint may be wrong: what would be one compression too many is taken as it is.
      if (this.compressions === MAX_COMPRESSIONS || this.growth > MAX_OUTER_RATIO) return undefined;
      try {
        const plain = yield* inflateAside(payload, named === 'deflate' ? deflateKind(payload) : named, this.limits);
        if (isCompressed(plain) || looksLikeJson(plain) || looksLikeText(plain)) {
          this.compressions++;
          return plain;
        }
        this.resources.release(plain.length);
      } catch (error) {
        if (!(error instanceof CaptureError) || error.code !== 'undecodable') throw error;
      }
      this.failed = named;
    }
    return undefined;
  }

  private *peelText(payload: Buffer, hint: string | undefined): Steps<Buffer> {
    const fields = this.mayBeForm ? yield* this.formFields(payload, this.source?.contentType) : undefined;
    if (fields !== undefined) {
      this.mayBeForm = false;
      const { data = NOTHING, compression } = fields;
      if (data.length === 0) throw new CaptureError('empty_payload');
      if (mayNameUnmarked(compression) && this.failed === undefined) this.untried = unmarkedCodings(compression);
      return yield* settled(this.peel(data, text(this.source?.query.compression) ?? compression));
    }
    const isBase64 = looksLikeBase64(payload);
    const isLz64 = hint !== undefined && /^(?:lz64|lz-string)$/i.test(hint);
    // Before the hint is heard: lz64 of JSON never reads as base64 of JSON or gzip (it begins with other bits).
    if (isBase64 && (!isLz64 || payload.length <= this.policy.maxLz64Bytes)) {
      const decoded = yield* decodeBase64(payload, this.limits);
      const inflated = this.mayBeUnmarked(decoded) ? yield* this.tried(decoded) : undefined;
      const damage = inflated === undefined ? damageOf(decoded) : undefined;
      if (damage !== undefined) throw readAsText(damage);
      if (inflated !== undefined || isCompressed(decoded) || looksLikeJson(decoded) || (!isLz64 && looksLikeBase64(decoded))) {
        this.base64Layers++;
        this.mayBeForm = false;
        this.growth = 0;
        return yield* settled(inflated === undefined ? this.peel(decoded, hint) : this.peelInflated(inflated, decoded.length, hint));
      }
    }
    if (!isLz64) return yield* settled(this.finish(payload));
    const inflated = yield* decodeLz64(yield* restorePlus(payload, this.limits.turn), this.limits);
    return yield* settled(this.finish(inflated, 'failed UTF16 to UTF8 conversion'));
  }

  private countCompression(): void {
    if (++this.compressions > MAX_COMPRESSIONS)
      throw new CaptureError('payload_too_big', `body is compressed more than ${MAX_COMPRESSIONS} times: compress it once`);
    if (this.growth > MAX_OUTER_RATIO)
      throw new CaptureError(
        'payload_too_big',
        `body is compressed twice, and the outer compression grows it more than ${MAX_OUTER_RATIO} times: compress it once`,
      );
  }

  private peelInflated(bytes: Buffer, compressedBytes: number, hint: string | undefined): Soon {
    this.growth = bytes.length / compressedBytes;
    return this.peel(bytes, hint);
  }

  private finish(bytes: Buffer, complaint = this.complaint): Soon {
    const utf8 = validUtf8(bytes);
    return utf8 === undefined ? this.repaired(bytes, complaint) : this.readable(utf8);
  }

  /** Not that the scanner would not refuse it: but here may be known why. */
  private readable(utf8: Buffer): Buffer {
    const reason = looksLikeJson(utf8) ? undefined : this.reasonFor(utf8);
    if (reason !== undefined) throw reason;
    return utf8;
  }

  private *repaired(bytes: Buffer, complaint: string): Steps<Buffer> {
    const utf8 = yield* utf8Steps(bytes, this.limits.turn);
    if (utf8 === undefined) throw this.unreadable(bytes, complaint);
    // A copy.
    if (utf8.buffer !== bytes.buffer) this.reserve(bytes.length);
    return this.readable(utf8);
  }

  private unreadable(bytes: Buffer, complaint: string): CaptureError {
    return (looksLikeJson(bytes) ? this.failure : this.reasonFor(bytes)) ?? new CaptureError('undecodable', complaint);
  }

  /** What the sender can do about bytes that are no JSON: more than that they are none, if it can be told. */
  private reasonFor(bytes: Buffer): CaptureError | undefined {
    const damage = damageOf(bytes);
    if (damage !== undefined) return readAsText(damage);
    const unknown = this.source && unknownCoding(text(this.source.query.compression), this.source.contentEncoding);
    if (unknown === undefined) return this.failure;
    const detail = `the body is no JSON, and its coding ${unknown} is not understood: send gzip, zstd, br, deflate, or no compression`;
    return new CaptureError('undecodable', detail, 'unknown_coding');
  }

  private get failure(): CaptureError | undefined {
    if (this.failed === undefined) return undefined;
    const named = `a header or a parameter says that the body is ${this.failed}, and it is no JSON in UTF-8 either`;
    return new CaptureError('undecodable', `invalid ${this.failed} data: ${named}`);
  }

  private reserve(bytes: number): void {
    const refusal = this.resources.reserve(bytes);
    if (refusal) throw refusal;
  }
}

const NOTHING = Buffer.alloc(0);

function readAsText(detail: string): CaptureError {
  return new CaptureError('undecodable', detail, 'compression_read_as_text');
}

/** Within steps. */
function* settled(soon: Soon): Steps<Buffer> {
  return Buffer.isBuffer(soon) ? soon : yield* soon;
}

/** A query parameter given twice is an array; the last one counts. */
function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? text(value.at(-1)) : undefined;
}
