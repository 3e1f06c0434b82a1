import { eachItem, type OnItem, type RawSnapshot } from '@app/decoder';
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

/**
 * Spreads the recordings of one session over as few messages as they need, in order. Nearly always that is one, and then
 * nothing is looked at: how large a recording is once escaped is known from the scan. Only what must be split is walked.
 *
 * @param text the payload, binary text
 */
export function packItems(text: string, pieces: readonly Piece[], packing: Packing): readonly Part[] {
  const whole = wholeParts(text, pieces);
  if (whole.bytes <= packing.room) return [{ items: whole.items.join(','), index: pieces[0].index, inputs: pieces.length }];
  const packer = new Packer(packing.room);
  for (const piece of pieces) packPiece(packer, text, piece, packing);
  return packer.finish();
}

function packPiece(packer: Packer, text: string, { index, snapshot }: Piece, { room, replace }: Packing): void {
  const json = text.slice(snapshot.start, snapshot.end);
  const pack: OnItem = (start, end, escapedStart, escapedEnd) => {
    if (escapedEnd - escapedStart <= room) packer.take(json, start, end, escapedStart, escapedEnd);
    else packer.put(replace(json.slice(start, end)));
  };
  packer.begin(index);
  if (snapshot.isList) eachItem(json, pack);
  else pack(0, json.length, 0, snapshot.escapedBytes);
  packer.cut();
}

function wholeParts(text: string, pieces: readonly Piece[]): { items: string[]; bytes: number } {
  const items: string[] = [];
  let bytes = 0;
  for (const { snapshot } of pieces) {
    const { start, end, isList, escapedBytes } = snapshot;
    const inner = isList ? text.slice(start + 1, end - 1) : text.slice(start, end);
    if (!/\S/.test(inner)) continue;
    bytes += (isList ? escapedBytes - 2 : escapedBytes) + (items.length > 0 ? 1 : 0);
    items.push(inner);
  }
  return { items, bytes };
}
