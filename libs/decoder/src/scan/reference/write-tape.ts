import { CaptureError } from '@app/event';
import { EMPTY, ESCAPED, Kind, NAMES } from '../kind.js';
import { EVENT_KEYS, Id, PROPERTY_KEYS } from '../tape.js';
import type { JsonCursor } from './json-cursor.js';

type Entry = readonly [word: number, start: number, end: number, more: number];
/** One object's entries by id; a later member of the same name takes an earlier one's place. */
type Frame = Map<Id, readonly Entry[]>;

/**
 * For specs: the tape of a payload, a byte a turn.
 *
 * @throws CaptureError `unparsable` with the position, `payload_too_big` with the limit
 */
export function writeTape(cursor: JsonCursor, maxEvents: number): number[] {
  const walk = new TapeWalk(cursor, maxEvents);
  const first = cursor.peek();
  let entries: readonly Entry[];
  if (first === 0x5b) {
    entries = walk.list(0);
  } else if (first === 0x7b) {
    entries = walk.event(0, true);
  } else {
    const kind = cursor.skipValue(0);
    expectEnd(cursor);
    throw new CaptureError('unparsable', `expected an event, an array of events or a batch, found ${NAMES[kind]}`);
  }
  expectEnd(cursor);
  return entries.flat();
}

function expectEnd(cursor: JsonCursor): void {
  if (cursor.peek() !== -1) throw cursor.unexpected('nothing after the JSON value');
}

const ONLY_BESIDE: ReadonlySet<Id | undefined> = new Set([Id.Batch, Id.Historical, Id.CreatedAt, Id.CaptureInternal]);

function entry(id: Id, kind: Kind, flags: number, start: number, end: number, more = 0): Entry {
  return [id | (kind << 8) | (flags << 16), start, end, more];
}

/** `depth` counts the containers around what is read, as the cursor has it. */
class TapeWalk {
  constructor(
    private readonly cursor: JsonCursor,
    private eventsLeft: number,
    private readonly maxEvents = eventsLeft,
  ) {}

  list(depth: number): readonly Entry[] {
    const { cursor } = this;
    const entries: Entry[] = [entry(Id.List, Kind.Array, 0, cursor.pos, cursor.pos)];
    if (cursor.enterArray(depth + 1)) {
      do {
        if (this.eventsLeft-- === 0)
          throw new CaptureError('payload_too_big', `request holds more than ${this.maxEvents} events (MAX_EVENTS_PER_REQUEST)`);
        entries.push(...this.event(depth + 1, false));
      } while (cursor.nextElement());
    }
    entries.push(entry(Id.ListEnd, Kind.Array, 0, cursor.pos, cursor.pos));
    return entries;
  }

  event(depth: number, isBody: boolean): readonly Entry[] {
    const { cursor } = this;
    const isObject = cursor.peek() === 0x7b;
    const start = cursor.pos;
    const members = isObject ? this.members(EVENT_KEYS, depth + 1, isBody) : [];
    const kind = isObject ? Kind.Object : cursor.skipValue(depth);
    return [entry(Id.EventStart, kind, 0, start, cursor.pos), ...members];
  }

  private members(ids: Readonly<Record<string, Id>>, depth: number, isBody: boolean): readonly Entry[] {
    const { cursor } = this;
    const frame: Frame = new Map();
    if (!cursor.enterObject(depth)) return [];
    do {
      const flags = cursor.key();
      const key = Buffer.from(cursor.bytes.subarray(cursor.keyStart, cursor.keyEnd)).toString('latin1');
      const name = (flags & ESCAPED) === 0 ? key : (JSON.parse(`"${key}"`) as string);
      const id = Object.hasOwn(ids, name) ? ids[name] : undefined;
      if (id === undefined || (ONLY_BESIDE.has(id) && !isBody)) cursor.skipValue(depth);
      else this.member(frame, id, ids === EVENT_KEYS, depth);
    } while (cursor.nextMember());
    return [...frame.values()].flat();
  }

  private member(frame: Frame, id: Id, isEvent: boolean, depth: number): void {
    const { cursor } = this;
    const first = cursor.peek();
    const start = cursor.pos;
    if (isEvent && (id === Id.Properties || id === Id.Batch)) frame.delete(id);
    if (isEvent && id === Id.Properties && first === 0x7b) {
      const members = this.members(PROPERTY_KEYS, depth + 1, false);
      frame.set(id, [entry(id, Kind.Object, this.emptiness(start), start, cursor.pos), ...members]);
    } else if (id === Id.Batch && first === 0x5b) {
      frame.set(id, this.list(depth));
    } else if (id === Id.SnapshotData) {
      frame.set(id, [this.recording(depth)]);
    } else if (id === Id.Properties || id === Id.Batch) {
      frame.set(id, [entry(id, cursor.skipValue(depth), 0, start, cursor.pos)]);
    } else if (first === 0x22) {
      const flags = cursor.skipString();
      frame.set(id, [entry(id, Kind.String, flags, start + 1, cursor.pos - 1)]);
    } else {
      const kind = cursor.skipValue(depth);
      frame.set(id, [entry(id, kind, this.emptiness(start), start, cursor.pos)]);
    }
  }

  /** Nothing in a recording is edited, whatever it is. */
  private recording(depth: number): Entry {
    const { cursor } = this;
    const { pos: start, growth } = cursor;
    cursor.verbatim = true;
    const kind = cursor.skipValue(depth);
    cursor.verbatim = false;
    const isRecording = kind === Kind.Array || kind === Kind.Object;
    return entry(
      Id.SnapshotData,
      kind,
      isRecording ? this.emptiness(start) : 0,
      start,
      cursor.pos,
      isRecording ? cursor.growth - growth : 0,
    );
  }

  /** Of the value that was passed last. */
  private emptiness(start: number): number {
    const { bytes, pos } = this.cursor;
    const isContainer = bytes[start] === 0x7b || bytes[start] === 0x5b;
    return isContainer &&
      Buffer.from(bytes.subarray(start + 1, pos - 1))
        .toString('latin1')
        .trim() === ''
      ? EMPTY
      : 0;
  }
}
