import { Drop } from '@app/event';
import type { Tape } from '@app/vector';
import { EMPTY, Kind, NAMES } from './kind.js';
import { emptyEvent, HEATMAP_DATA, HEATMAP_PATHNAME, HEATMAP_URL, type RawEvent, type RawText, type RawValue } from './raw-event.js';
import { ENTRY_WORDS, Id } from './tape.js';

/** What a tape tells of a payload. */
export interface ReadTape {
  /** The body as one event; undefined when it is an array. */
  readonly whole: RawEvent | undefined;
  /** Of the body's array, or of the last `batch`. */
  readonly list: RawEvent[] | undefined;
  /** Of the last `batch`; undefined when there is none. */
  readonly batchKind: Kind | undefined;
  /** Undefined: it is said, but in no way that is known. */
  readonly isHistorical: boolean | undefined;
  /** What else stands beside the events. */
  readonly beside: Beside;
  /** Lists without anything in them where a map is due: pairs of where one begins and ends. */
  readonly emptyLists: readonly number[];
}

/** Members beside a batch that somebody reads, whatever they are. */
export interface Beside {
  /** Bytes of the body without its batch. */
  bytes: number;
  createdAt: RawValue | undefined;
  historical: Kind | undefined;
  internal: Kind | undefined;
}

/** @param text the payload as binary text, so that cutting out a member is a substring, not a native call */
export function readTape(tape: Tape, text: string): ReadTape {
  return new TapeReader(tape, text).read();
}

const END = -1;
/** Characters, with what some write behind the point; nothing longer is read as one. */
const LONGEST_INTEGER = 64;

/** The JSON texts that mean true or false: not every language has booleans. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['"true"', true],
  ['1', true],
  ['null', false],
  ['false', false],
  ['"false"', false],
  ['0', false],
  ['""', false],
]);
const LONGEST_FLAG = '"false"'.length;

class TapeReader {
  private at: number;
  private readonly last: number;
  /** Of the entry that is read. */
  private id: Id = Id.ListEnd;
  private kind = Kind.Null;
  private flags = 0;
  private start = 0;
  private end = 0;
  /** Of the list that was read last. */
  private listBytes = 0;
  private readonly emptyLists: number[] = [];

  constructor(
    private readonly tape: Tape,
    private readonly text: string,
  ) {
    this.at = tape.start;
    this.last = tape.start + tape.length * ENTRY_WORDS;
  }

  read(): ReadTape {
    const beside: Beside = { bytes: 0, createdAt: undefined, historical: undefined, internal: undefined };
    const { emptyLists } = this;
    if (this.next() === Id.List)
      return { whole: undefined, list: this.list(), batchKind: undefined, isHistorical: false, beside, emptyLists };

    const whole = emptyEvent(0, this.start);
    whole.end = this.end;
    let list: RawEvent[] | undefined;
    let batchKind: Kind | undefined;
    let isHistorical: boolean | undefined = false;
    for (let id = this.next(); id !== END; id = this.next()) {
      if (id === Id.List) {
        batchKind = Kind.Array;
        list = this.list();
      } else if (id === Id.Batch) batchKind = this.kind;
      else if (id === Id.Historical) {
        beside.historical = this.kind;
        isHistorical = this.flag();
      } else if (id === Id.CreatedAt) beside.createdAt = this.value();
      else if (id === Id.CaptureInternal) beside.internal = this.kind;
      else this.member(whole);
    }
    resolve(whole);
    beside.bytes = whole.end - whole.start - this.listBytes;
    return { whole, list, batchKind, isHistorical, beside, emptyLists };
  }

  private list(): RawEvent[] {
    const { start } = this;
    const events: RawEvent[] = [];
    let event: RawEvent | undefined;
    for (let id = this.next(); id !== Id.ListEnd; id = this.next()) {
      if (id !== Id.EventStart) {
        this.member(event!);
        continue;
      }
      if (event !== undefined) resolve(event);
      event = emptyEvent(events.length, this.start);
      event.end = this.end;
      if (this.kind !== Kind.Object) event.problem = problem(event.index, `must be an object, found ${NAMES[this.kind]}`);
      events.push(event);
    }
    if (event !== undefined) resolve(event);
    this.listBytes = this.end - start;
    return events;
  }

  /** Goes to the next entry and says what it is. */
  private next(): Id | typeof END {
    const { words } = this.tape;
    const at = this.at;
    if (at === this.last) return END;
    const word = words[at];
    // oxlint-disable typescript/no-unsafe-enum-assignment -- tapes are written by us, with these in them
    this.id = word & 0xff;
    this.kind = (word >> 8) & 0xff;
    // oxlint-enable typescript/no-unsafe-enum-assignment
    this.flags = word >> 16;
    this.start = words[at + 1];
    this.end = words[at + 2];
    this.at = at + ENTRY_WORDS;
    return this.id;
  }

  private member(event: RawEvent): void {
    const { properties } = event;
    switch (this.id) {
      case Id.Token:
        event.token = this.required(event, 'token');
        return;
      case Id.DollarToken:
        event.dollarToken = this.required(event, '$token');
        return;
      case Id.ApiKey:
        event.apiKey = this.required(event, 'api_key');
        return;
      case Id.DistinctId:
        event.distinctId = this.any();
        return;
      case Id.DollarDistinctId:
        event.dollarDistinctId = this.any();
        return;
      case Id.Uuid:
        event.uuid = this.required(event, 'uuid');
        return;
      case Id.Event:
        event.name = this.required(event, 'event');
        return;
      case Id.Properties:
        this.expectMap(event, 'properties');
        if (this.kind !== Kind.Object) return;
        properties.start = this.start;
        properties.end = this.end;
        properties.isEmpty = (this.flags & EMPTY) !== 0;
        return;
      case Id.Timestamp:
        event.timestamp = this.kind === Kind.Number ? this.raw() : this.required(event, 'timestamp');
        return;
      case Id.Offset:
        event.offset = this.integer(event);
        return;
      case Id.Set:
        event.hasSet = this.expectMap(event, '$set');
        return;
      case Id.SetOnce:
        event.hasSetOnce = this.expectMap(event, '$set_once');
        return;
      case Id.SentAt:
        event.sentAt = this.string();
        return;
      case Id.SentAtCamel:
        event.sentAtCamel = this.string();
        return;
      case Id.PropertyToken:
        properties.token = this.string();
        return;
      case Id.PropertyDistinctId:
        properties.distinctId = this.any();
        return;
      case Id.SessionId:
        properties.sessionId = this.string();
        return;
      case Id.WindowId:
        properties.windowId = this.string();
        return;
      case Id.IgnoreSentAt:
        properties.ignoreSentAt = this.kind === Kind.True;
        return;
      case Id.Cookieless:
        properties.cookieless = this.kind === Kind.True ? true : this.kind === Kind.False ? false : null;
        return;
      case Id.Internal:
        properties.isInternal = true;
        return;
      case Id.ProductTour:
        properties.isProductTour = this.kind !== Kind.Null;
        return;
      case Id.HeatmapData:
        properties.heatmap = withBit(properties.heatmap, HEATMAP_DATA, this.kind !== Kind.Null);
        properties.heatmapBytes = this.end - this.start;
        return;
      case Id.Pathname:
        properties.heatmap = withBit(properties.heatmap, HEATMAP_PATHNAME, this.kind === Kind.String);
        return;
      case Id.Url:
        properties.heatmap = withBit(properties.heatmap, HEATMAP_URL, this.kind === Kind.String);
        return;
      case Id.SnapshotData:
        properties.snapshot = this.recording();
        return;
      case Id.Options:
        ownOf(event).options = this.value();
        return;
      case Id.OwnSessionId:
        ownOf(event).sessionId = this.value();
        return;
      case Id.OwnWindowId:
        ownOf(event).windowId = this.value();
        return;
      default:
        throw new Error(`unknown entry ${this.id} on the tape`);
    }
  }

  private recording() {
    const { kind, start, end, flags } = this;
    if (kind !== Kind.Array && kind !== Kind.Object) return undefined;
    const growth = this.tape.words[this.at - 1];
    return { start, end, isList: kind === Kind.Array, isEmpty: (flags & EMPTY) !== 0, escapedBytes: end - start + growth };
  }

  private raw(): RawText {
    const { kind, flags, start, end } = this;
    const isString = kind === Kind.String;
    const isPlain = isString ? flags === 0 : kind !== Kind.Object && kind !== Kind.Array;
    return { raw: this.text.slice(start, end), isString, isPlain };
  }

  private value(): RawValue {
    return { ...this.raw(), kind: this.kind, start: this.start };
  }

  /** A string; null is absent; anything else is the event's problem. */
  private required(event: RawEvent, key: string): RawText | undefined {
    if (this.kind === Kind.String) return this.raw();
    if (this.kind !== Kind.Null) this.complain(event, `"${key}" must be a string, found ${NAMES[this.kind]}`);
    return undefined;
  }

  /** Undefined for what is neither true nor false. */
  private flag(): boolean | undefined {
    // Of a string the quotes are left out.
    const quote = this.kind === Kind.String ? 1 : 0;
    const [start, end] = [this.start - quote, this.end + quote];
    return end - start > LONGEST_FLAG ? undefined : FLAGS.get(this.text.slice(start, end));
  }

  /** A string; anything else counts as absent. */
  private string(): RawText | undefined {
    return this.kind === Kind.String ? this.raw() : undefined;
  }

  private any(): RawText | undefined {
    return this.kind === Kind.Null ? undefined : this.raw();
  }

  private integer(event: RawEvent): number | undefined {
    if (this.kind === Kind.Null) return undefined;
    const isNumber = this.kind === Kind.Number && this.end - this.start <= LONGEST_INTEGER;
    const value = isNumber ? Number(this.text.slice(this.start, this.end)) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    this.complain(event, `"offset" must be an integer, found ${this.kind === Kind.Number ? 'another number' : NAMES[this.kind]}`);
    return undefined;
  }

  /** A list without anything in it is how PHP writes an empty map. */
  private expectMap(event: RawEvent, key: string): boolean {
    const { kind } = this;
    if (kind === Kind.Array && isBlank(this.text, this.start + 1, this.end - 1)) {
      this.emptyLists.push(this.start, this.end);
      return true;
    }
    if (kind !== Kind.Object && kind !== Kind.Null) this.complain(event, `"${key}" must be an object, found ${NAMES[kind]}`);
    return kind === Kind.Object;
  }

  private complain(event: RawEvent, what: string): void {
    event.problems ??= new Map();
    event.problems.set(this.id, problem(event.index, what));
  }
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) > 0x20) return false;
  return true;
}

function ownOf(event: RawEvent) {
  return (event.own ??= { options: undefined, sessionId: undefined, windowId: undefined });
}

function withBit(bits: number, bit: number, isSet: boolean): number {
  return isSet ? bits | bit : bits & ~bit;
}

/** Aliases by precedence, once all members are known. */
function resolve(event: RawEvent): void {
  event.token ??= event.dollarToken ?? event.apiKey;
  event.distinctId ??= event.dollarDistinctId;
  event.sentAt ??= event.sentAtCamel;
  event.hasSet ||= event.hasSetOnce;
  if (event.problems !== undefined) event.problem = event.problems.values().next().value;
}

/** What is wrong with a batch's own members: it is no event, so only a token of a wrong type counts. */
export function tokenProblem({ problems }: RawEvent): Drop | undefined {
  return problems?.get(Id.Token) ?? problems?.get(Id.DollarToken) ?? problems?.get(Id.ApiKey);
}

/** Whether its `properties` are something else than an object. */
export function hasWrongProperties({ problems }: RawEvent): boolean {
  return problems?.has(Id.Properties) === true;
}

/** A type error is a parse error to the sender of a single event, and a drop within a batch. */
function problem(index: number, what: string): Drop {
  return new Drop('malformed_event', `event ${index}: ${what}`, 'unparsable');
}
