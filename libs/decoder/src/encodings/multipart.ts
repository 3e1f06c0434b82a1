import { CaptureError, type Steps } from '@app/event';
import { inPieces } from '../pieces.js';
import type { Turn } from '../scan/scan-payload.js';
import type { FormFields } from './form.js';

const MAX_PARTS = 100;
/** RFC 2046 5.1.1. */
const MAX_BOUNDARY = 70;
/** Of a part's head; a part with a longer one is passed over. */
const MAX_HEAD_BYTES = 8 * 1024;
/** Longest name of a compression that is worth reading. */
const MAX_COMPRESSION_BYTES = 64;

/** Of a line, which is no longer than a head. */
const DISPOSITION = /^content-disposition:.*[; ]name="?([^";]+)/i;

/**
 * The fields of a multipart/form-data body (old Android) that are read; parts without a name are passed over.
 *
 * @throws CaptureError `undecodable` for a boundary that no client may use
 */
export function* parseMultipart(bytes: Buffer, boundary: string, turn: Turn): Steps<FormFields> {
  if (boundary.length > MAX_BOUNDARY)
    throw new CaptureError('undecodable', `multipart boundary of ${boundary.length} characters, RFC 2046 allows ${MAX_BOUNDARY}`);
  const starts = yield* delimiters(bytes, Buffer.from(`--${boundary}`, 'latin1'), turn);
  let data: Buffer | undefined;
  let compression: Buffer | undefined;
  for (let i = 0; i + 1 < starts.length; i++) {
    const part = bytes.subarray(starts[i] + boundary.length + 2, starts[i + 1]);
    const headEnd = part.subarray(0, MAX_HEAD_BYTES).indexOf('\r\n\r\n');
    if (headEnd < 0) continue;
    const name = nameIn(part.latin1Slice(0, headEnd));
    // The line break before the next delimiter belongs to the delimiter.
    const value = part.subarray(headEnd + 4, part.length - 2);
    if (name === 'data') data = value;
    else if (name === 'compression') compression = value;
  }
  return { data, compression: compression?.latin1Slice(0, Math.min(compression.length, MAX_COMPRESSION_BYTES)) };
}

function nameIn(head: string): string | undefined {
  for (const line of head.split('\r\n')) {
    const name = DISPOSITION.exec(line)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

/**
 * Where delimiters begin: at the start of a line only. A search for the text itself would begin anew at every byte of a body that
 * is nearly all delimiter; behind a line's end the bytes compared are no more than there are to the next.
 */
function* delimiters(bytes: Buffer, delimiter: Buffer, turn: Turn): Steps<readonly number[]> {
  const starts: number[] = [];
  if (beginsWith(bytes, 0, delimiter)) starts.push(0);
  yield* inPieces(bytes.length, turn, (from, to) => {
    for (let i = from; i < to && starts.length <= MAX_PARTS; i++)
      if (bytes[i] === 0x0a && beginsWith(bytes, i + 1, delimiter)) starts.push(i + 1);
  });
  return starts;
}

function beginsWith(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}
