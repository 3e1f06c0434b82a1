import { CaptureError } from '@app/event';
import type { Tape } from '@app/vector';
import { ESCAPED, JsonCursor, Kind } from './json-cursor.js';
import { KnownKeys } from './known-keys.js';
import { EVENT_KEYS, Id, PROPERTY_KEYS, TapeWriter } from './tape.js';

const ON_EVENTS = new KnownKeys<Id>(EVENT_KEYS);
const ON_PROPERTIES = new KnownKeys<Id>(PROPERTY_KEYS);

/**
 * Writes the tape of a payload a byte a turn: for what the kernel leaves to it. It says what is wrong and where, and notes
 * what has to be repaired.
 *
 * @throws CaptureError `unparsable` with the position, `payload_too_big` with the limit
 */
export function writeTape(cursor: JsonCursor, maxEvents: number): Tape {
  const walk = new TapeWalk(cursor, maxEvents);
  const first = cursor.peek();
  if (first === 0x5b) {
    walk.list(0);
  } else if (first === 0x7b) {
    walk.event(0, true);
  } else {
    const kind = cursor.skipValue(0);
    expectEnd(cursor);
    throw new CaptureError('unparsable', `expected an event, an array of events or a batch, found ${NAMES[kind]}`);
  }
  expectEnd(cursor);
  return walk.tape.finish();
}

function expectEnd(cursor: JsonCursor): void {
  if (cursor.peek() !== -1) throw cursor.unexpected('nothing after the JSON value');
}

export const NAMES: Readonly<Record<Kind, string>> = {
  [Kind.Null]: 'null',
  [Kind.True]: 'a boolean',
  [Kind.False]: 'a boolean',
  [Kind.Number]: 'a number',
  [Kind.String]: 'a string',
  [Kind.Object]: 'an object',
  [Kind.Array]: 'an array',
};

/** `depth` counts the containers around what is read, as the cursor has it. */
class TapeWalk {
  readonly tape = new TapeWriter();

  constructor(
    private readonly cursor: JsonCursor,
    private readonly maxEvents: number,
  ) {}

  list(depth: number): void {
    const { cursor, tape } = this;
    tape.put(Id.List, Kind.Array, 0, cursor.pos, cursor.pos);
    if (cursor.enterArray(depth + 1)) {
      let count = 0;
      do {
        if (count++ >= this.maxEvents)
          throw new CaptureError('payload_too_big', `request holds more than ${this.maxEvents} events (MAX_EVENTS_PER_REQUEST)`);
        this.event(depth + 1, false);
      } while (cursor.nextElement());
    }
    tape.put(Id.ListEnd, Kind.Array, 0, cursor.pos, cursor.pos);
  }

  event(depth: number, isBody: boolean): void {
    const { cursor, tape } = this;
    const isObject = cursor.peek() === 0x7b;
    const entry = tape.open(Kind.Object, cursor.pos);
    if (isObject) this.members(ON_EVENTS, depth + 1, isBody);
    tape.close(entry, isObject ? Kind.Object : cursor.skipValue(depth), cursor.pos);
  }

  private members(keys: KnownKeys<Id>, depth: number, isBody: boolean): void {
    const { cursor } = this;
    if (!cursor.enterObject(depth)) return;
    do {
      const id = this.find(keys, cursor.key());
      if (id === -1) cursor.skipValue(depth);
      else this.value(id, depth, isBody);
    } while (cursor.nextMember());
  }

  private find(keys: KnownKeys<Id>, flags: number): Id | -1 {
    const { keyStart, keyEnd, bytes } = this.cursor;
    if ((flags & ESCAPED) === 0) return keys.find(bytes, keyStart, keyEnd);
    const key = Buffer.from(bytes.buffer, bytes.byteOffset + keyStart, keyEnd - keyStart);
    return keys.findText(JSON.parse(`"${key.toString('latin1')}"`) as string);
  }

  private value(id: Id, depth: number, isBody: boolean): void {
    const { cursor, tape } = this;
    const first = cursor.peek();
    const start = cursor.pos;
    if (id === Id.Properties && first === 0x7b) {
      tape.put(id, Kind.Object, 0, start, start);
      return this.members(ON_PROPERTIES, depth + 1, false);
    }
    if (id === Id.Batch || id === Id.Historical) {
      if (!isBody) return void cursor.skipValue(depth);
      if (id === Id.Batch && first === 0x5b) return this.list(depth);
    }
    if (id === Id.SnapshotData) return this.recording(depth);
    if (first === 0x22) {
      const flags = cursor.skipString();
      return tape.put(id, Kind.String, flags, start + 1, cursor.pos - 1);
    }
    const kind = cursor.skipValue(depth);
    tape.put(id, kind, 0, start, cursor.pos);
  }

  /** Nothing in a recording is edited, whatever it is. */
  private recording(depth: number): void {
    const { cursor, tape } = this;
    const { pos: start, growth } = cursor;
    cursor.verbatim = true;
    const kind = cursor.skipValue(depth);
    cursor.verbatim = false;
    const isRecording = kind === Kind.Array || kind === Kind.Object;
    tape.put(Id.SnapshotData, kind, 0, start, cursor.pos, isRecording ? cursor.growth - growth : 0);
  }
}
