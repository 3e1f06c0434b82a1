import { bytes, kernel, reservePayload, tapeWords } from './kernel.js';
import { KEY_INDEX, KEY_STRIDE, KEYS, PAYLOAD, PAYLOAD_BYTES, PIECE, TAPE, TAPE_BYTES } from './memory.js';

/** What is known of a payload: `length` entries of four words each. Overwritten by the next scan. */
export interface Tape {
  readonly words: Int32Array;
  readonly length: number;
}

export interface TapeLimits {
  readonly maxDepth: number;
  readonly maxEvents: number;
}

/** Ids from 0 to 252 by key; the first four are told in assembly/scan.ts. */
export type KeyIds = Readonly<Record<string, number>>;

/** Of the kernel's stack of containers. */
const DEEPEST = 4096;
const LONGEST_KEY = 31;

/** Tells the kernel which keys of an event and of its properties to write down. */
export function knowKeys(eventKeys: KeyIds, propertyKeys: KeyIds): void {
  let at = KEYS;
  for (const [level, ids] of [eventKeys, propertyKeys].entries()) {
    const byLength = Map.groupBy(Object.entries(ids), ([key]) => Buffer.byteLength(key));
    for (const [length, keys] of byLength) {
      if (length > LONGEST_KEY) throw new Error(`key of ${length} bytes: the kernel compares ${LONGEST_KEY} at most`);
      bytes.writeUInt32LE((at << 8) | keys.length, KEY_INDEX + (level * 32 + length) * 4);
      for (const [key, id] of keys) {
        bytes.write(key, at);
        bytes[at + 32] = id;
        at += KEY_STRIDE;
      }
    }
  }
  if (at > PIECE) throw new Error('too many known keys for the memory kept for them');
}

/**
 * Finds the items of an array, given as valid JSON in binary text. An entry is an item's start and end in the text, and where
 * these are once the text is escaped into a JSON string.
 *
 * @returns undefined when there are more items, bytes or depth than the kernel is made for
 */
export function itemsTape(json: string): Tape | undefined {
  if (json.length > PAYLOAD_BYTES) return undefined;
  reservePayload(json.length);
  bytes.latin1Write(json, PAYLOAD);
  const entries = kernel.items(PAYLOAD, json.length, TAPE, TAPE_BYTES);
  return entries < 0 ? undefined : { words: tapeWords, length: entries };
}

/**
 * Validates a payload and writes its tape, sixteen bytes a turn: 0.45 µs for an event of 1.1 KB, where the byte loop takes
 * 1.5 (test/bench/stages.bench.ts).
 *
 * @returns undefined for what the kernel leaves to the byte loop: broken JSON, text to repair, keys with escapes, and more
 *   bytes, events or depth than it is made for
 */
export function scanTape(payload: Uint8Array, { maxDepth, maxEvents }: TapeLimits): Tape | undefined {
  const { length } = payload;
  if (length > PAYLOAD_BYTES) return undefined;
  reservePayload(length);
  bytes.set(payload, PAYLOAD);
  const entries = kernel.scan(PAYLOAD, length, Math.min(maxDepth, DEEPEST), maxEvents, TAPE, TAPE_BYTES);
  return entries === 0 ? undefined : { words: tapeWords, length: entries };
}
