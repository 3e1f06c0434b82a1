import { waitFor, type Steps } from '@app/event';
import { Pace, turnFor } from '@app/pipeline';
import { openItems, type RawSnapshot } from '@app/decoder';
import { Packer, type Part } from './packer.js';

/** A snapshot event's recording, and which event of the request it came with. */
export interface Piece {
  readonly index: number;
  readonly snapshot: RawSnapshot;
}

export interface Packing {
  /** Bytes that a message has for items, once they are escaped into it. */
  readonly room: number;
  /** Given an item that no message can hold: what is to stand in its place. */
  readonly replace: (item: string) => string;
}

/** So much of a recording is looked at in one turn: some 10 ms at worst. */
const PIECE_BYTES = 4 << 20;

/**
 * Spreads the recordings of one session over as few messages as they need, in order. Nearly always that is one, and then
 * nothing is looked at: how large a recording is once escaped is known from the scan. Only what must be split is walked.
 *
 * @param text the payload, binary text
 */
export function* packItems(text: string, pieces: readonly Piece[], packing: Packing): Steps<readonly Part[]> {
  const whole = wholeParts(text, pieces);
  if (whole.bytes <= packing.room) return [{ items: whole.items.join(','), index: pieces[0].index, inputs: pieces.length }];
  const packer = new Packer(packing.room);
  const pace = new Pace();
  for (const piece of pieces) {
    const turn = pace.before(piece.snapshot.end - piece.snapshot.start);
    if (turn !== undefined) yield turn;
    yield* packPiece(packer, text, piece, packing);
  }
  return packer.finish();
}

function* packPiece(packer: Packer, text: string, { index, snapshot }: Piece, { room, replace }: Packing): Steps<void> {
  const json = text.slice(snapshot.start, snapshot.end);
  packer.begin(index);
  if (snapshot.isList) return yield* packItemsOf(packer, json, { room, replace });
  if (snapshot.escapedBytes > room) packer.put(replace(json));
  else packer.fit(json, snapshot.escapedBytes);
}

/** Items that stand side by side are taken as one run of text, so that an item costs no string. */
function* packItemsOf(packer: Packer, json: string, { room, replace }: Packing): Steps<void> {
  const opened = openItems(json);
  const runs = opened instanceof Promise ? yield* waitFor(opened) : opened;
  try {
    for (;;) {
      const why = runs.next(packer.left, room, PIECE_BYTES);
      if (why === 'failed') throw new Error('a recording that was scanned is no array');
      if (why === 'paused') {
        yield turnFor(PIECE_BYTES);
        continue;
      }
      const { start, end, escapedStart, escapedEnd } = runs.run;
      if (why === 'item') packer.put(replace(json.slice(start, end)));
      else if (end > start) packer.add(json.slice(start, end), escapedEnd - escapedStart);
      if (why === 'full') packer.close();
      // A run may be as large as a message, and there may be as many as make up the recording.
      if (why !== 'end') yield turnFor(end - start);
      if (why === 'end') return;
    }
  } finally {
    runs.release();
  }
}

function wholeParts(text: string, pieces: readonly Piece[]): { items: string[]; bytes: number } {
  const items: string[] = [];
  let bytes = 0;
  for (const { snapshot } of pieces) {
    const { start, end, isList, isEmpty, escapedBytes } = snapshot;
    if (isList && isEmpty) continue;
    bytes += (isList ? escapedBytes - 2 : escapedBytes) + (items.length > 0 ? 1 : 0);
    items.push(isList ? text.slice(start + 1, end - 1) : text.slice(start, end));
  }
  return { items, bytes };
}
