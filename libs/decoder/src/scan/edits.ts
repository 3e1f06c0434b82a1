/**
 * What has to be replaced in a payload, in order of position: pairs of where it begins and how long it is. A client can have
 * many of them; none is an object.
 */
export type Edits = Int32Array;

const REPLACEMENT = String.raw`\ufffd`;
const ESCAPE_LENGTH = 6;
const EMPTY_MAP = '{}';
const OPEN_LIST = 0x5b;
/** More of them are put together in a buffer: a text of so many pieces would be as many objects. */
const FEW = 16;

/** A span of the payload as binary text, after the edits that fall into it. */
export function editedText(text: string, edits: Edits, start: number, end: number): string {
  if (edits.length === 0) return text.slice(start, end);
  const first = firstAtOrAfter(edits, start);
  const last = firstAtOrAfter(edits, end);
  if (first === last) return text.slice(start, end);
  const pieces = new Pieces(end - start, last - first > FEW);
  let at = start;
  for (let i = first; i < last; i++) {
    const from = edits[2 * i];
    const length = edits[2 * i + 1];
    pieces.add(text.slice(at, from));
    pieces.add(replacementOf(text, from, length));
    at = from + length;
  }
  pieces.add(text.slice(at, end));
  return pieces.text();
}

/** Escapes of what cannot be stored have six bytes; NaN, Infinity and -Infinity have another number, and none begins with a bracket. */
function replacementOf(text: string, from: number, length: number): string {
  if (text.charCodeAt(from) === OPEN_LIST) return EMPTY_MAP;
  return length === ESCAPE_LENGTH ? REPLACEMENT : 'null';
}

/** The same edits, and the lists that become maps: pairs of where one begins and ends, in any order. */
export function withEmptyMaps(edits: Edits, lists: readonly number[]): Edits {
  const inOrder = Array.from({ length: lists.length / 2 }, (_, i) => i).sort((a, b) => lists[2 * a] - lists[2 * b]);
  const all = new Int32Array(edits.length + lists.length);
  let to = 0;
  let from = 0;
  for (const i of inOrder) {
    const [start, end] = [lists[2 * i], lists[2 * i + 1]];
    for (; from < edits.length && edits[from] < start; from += 2) {
      all[to++] = edits[from];
      all[to++] = edits[from + 1];
    }
    all[to++] = start;
    all[to++] = end - start;
  }
  all.set(edits.subarray(from), to);
  return all;
}

class Pieces {
  private joined = '';
  private readonly buffer: Buffer | undefined;
  private length = 0;

  constructor(bytes: number, isMany: boolean) {
    // NaN becomes a byte longer.
    this.buffer = isMany ? Buffer.allocUnsafe(bytes + Math.ceil(bytes / 3)) : undefined;
  }

  add(piece: string): void {
    if (this.buffer === undefined) this.joined += piece;
    else this.length += this.buffer.latin1Write(piece, this.length);
  }

  text(): string {
    return this.buffer === undefined ? this.joined : this.buffer.latin1Slice(0, this.length);
  }
}

/** Binary search: 10,000 events with as many edits must not cost their product. */
function firstAtOrAfter(edits: Edits, position: number): number {
  let low = 0;
  let high = edits.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edits[2 * middle] < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
