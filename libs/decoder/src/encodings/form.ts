import type { Steps } from '@app/event';
import { inPieces } from '../pieces.js';
import type { Turn } from '../scan/scan-payload.js';

const SNIFF_BYTES = 128;
const FORM_START = /(?:^|&)(?:data|_|ip|compression)=/;
/** Fields beyond are not looked at. */
const MAX_FIELDS = 100;
/** Longer names, percent-encoded, are none of those that are read. */
const MAX_NAME_BYTES = 3 * 'compression'.length;

/** Whether the body is a urlencoded form, told from its first bytes: the content type is often missing or wrong. */
export function looksLikeForm(bytes: Buffer): boolean {
  return FORM_START.test(bytes.toString('latin1', 0, SNIFF_BYTES));
}

/** What is read of a form. */
export interface FormFields {
  readonly data: Buffer | undefined;
  readonly compression: string | undefined;
}

/** Longest name of a compression that is worth reading. */
const MAX_COMPRESSION_BYTES = 64;

/**
 * Percent-decodes to bytes, not to text: old SDKs put CESU-8 in there. A later field of the same name wins; what nobody reads is
 * not decoded.
 */
export function* parseForm(bytes: Buffer, turn: Turn): Steps<FormFields> {
  let data: Buffer | undefined;
  let compression: Buffer | undefined;
  for (let from = 0, fields = 0; from < bytes.length && fields < MAX_FIELDS; fields++) {
    const found = bytes.indexOf(AMPERSAND, from);
    const field = bytes.subarray(from, found < 0 ? bytes.length : found);
    from += field.length + 1;
    const equals = field.subarray(0, MAX_NAME_BYTES + 1).indexOf(EQUALS);
    if (equals < 0) continue;
    const name = unescape(field.subarray(0, equals)).toString('latin1');
    if (name === 'data') data = field.subarray(equals + 1);
    else if (name === 'compression') compression = field.subarray(equals + 1);
  }
  return {
    data: data && (yield* unescapeSteps(data, turn)),
    compression: compression && unescape(compression.subarray(0, MAX_COMPRESSION_BYTES)).toString('latin1'),
  };
}

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

function unescape(bytes: Buffer): Buffer {
  const unescaper = new Unescaper(bytes);
  unescaper.goTo(bytes.length);
  return unescaper.finish();
}

function* unescapeSteps(bytes: Buffer, turn: Turn): Steps<Buffer> {
  const unescaper = new Unescaper(bytes);
  yield* inPieces(bytes.length, turn, (_from, to) => unescaper.goTo(to));
  return unescaper.finish();
}

/** A percent sign without two digits stays what it is. */
class Unescaper {
  private readonly result: Buffer;
  private from = 0;
  private to = 0;

  constructor(private readonly bytes: Buffer) {
    this.result = Buffer.allocUnsafe(bytes.length);
  }

  /** Up to this position, or a little further. */
  goTo(end: number): void {
    const { bytes, result } = this;
    let { from, to } = this;
    while (from < end) {
      const byte = bytes[from++];
      if (byte === PERCENT) {
        const value = (hexDigit(bytes[from]) << 4) | hexDigit(bytes[from + 1]);
        if (value >= 0) from += 2;
        result[to++] = value >= 0 ? value : PERCENT;
      } else {
        result[to++] = byte === PLUS ? SPACE : byte;
      }
    }
    this.from = from;
    this.to = to;
  }

  finish(): Buffer {
    return this.result.subarray(0, this.to);
  }
}

/** -1 for what is none, and past the end. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
