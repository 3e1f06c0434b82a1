import { Drop } from '@app/event';
import { ESCAPED, JsonCursor, Kind } from './json-cursor.js';
import { KnownKeys } from './known-keys.js';
import { skipRecording } from './skip-recording.js';
import {
  emptyEvent,
  emptyProperties,
  HEATMAP_DATA,
  HEATMAP_PATHNAME,
  HEATMAP_URL,
  type RawEvent,
  type RawProperties,
  type RawSnapshot,
  type RawText,
} from './raw-event.js';

enum Member {
  Token,
  DollarToken,
  ApiKey,
  DistinctId,
  DollarDistinctId,
  Uuid,
  Event,
  Properties,
  Timestamp,
  Offset,
  Set,
  SetOnce,
  SentAt,
  SentAtCamel,
  Batch,
  Historical,
}

const MEMBERS = new KnownKeys<Member>({
  token: Member.Token,
  $token: Member.DollarToken,
  api_key: Member.ApiKey,
  distinct_id: Member.DistinctId,
  $distinct_id: Member.DollarDistinctId,
  uuid: Member.Uuid,
  event: Member.Event,
  properties: Member.Properties,
  timestamp: Member.Timestamp,
  offset: Member.Offset,
  $set: Member.Set,
  $set_once: Member.SetOnce,
  sent_at: Member.SentAt,
  sentAt: Member.SentAtCamel,
  batch: Member.Batch,
  historical_migration: Member.Historical,
});

enum Property {
  Token,
  DistinctId,
  SessionId,
  WindowId,
  IgnoreSentAt,
  Cookieless,
  Internal,
  HeatmapData,
  Pathname,
  Url,
  SnapshotData,
  ProductTour,
}

const PROPERTIES = new KnownKeys<Property>({
  token: Property.Token,
  distinct_id: Property.DistinctId,
  $session_id: Property.SessionId,
  $window_id: Property.WindowId,
  $ignore_sent_at: Property.IgnoreSentAt,
  $cookieless_mode: Property.Cookieless,
  capture_internal: Property.Internal,
  $heatmap_data: Property.HeatmapData,
  $prev_pageview_pathname: Property.Pathname,
  $current_url: Property.Url,
  $snapshot_data: Property.SnapshotData,
  $product_tour_id: Property.ProductTour,
});

/** Members that only a whole body has, beside those of an event. */
export interface BodyMembers {
  /** Called at the `[` of a `batch` array; leaves the cursor behind it. Undefined inside a batch. */
  readonly onBatch: () => void;
  batchKind: Kind | undefined;
  isHistorical: boolean;
}

/** Reads the events of one payload. One instance a request. */
export class EventScanner {
  constructor(
    readonly cursor: JsonCursor,
    /** The payload as binary text, so that cutting out a member is a substring, not a native call. */
    private readonly text: string,
  ) {}

  /** Reads one event, whatever it is; a wrong type becomes its `problem`, broken JSON throws. */
  event(index: number, depth: number, body?: BodyMembers): RawEvent {
    const { cursor } = this;
    const isObject = cursor.peek() === 0x7b;
    const event = emptyEvent(index, cursor.pos);
    if (isObject) {
      if (cursor.enterObject(depth + 1)) {
        do this.member(event, depth + 1, body);
        while (cursor.nextMember());
      }
    } else {
      const kind = cursor.skipValue(depth);
      event.problem = problem(index, `must be an object, found ${NAMES[kind]}`);
    }
    event.end = cursor.pos;
    resolve(event);
    return event;
  }

  private member(event: RawEvent, depth: number, body: BodyMembers | undefined): void {
    const { cursor } = this;
    const flags = cursor.key();
    const member = this.find(MEMBERS, flags);
    // Of two members with one key the later counts, whatever the earlier was.
    event.problems?.delete(member);
    switch (member) {
      case Member.Token:
        event.token = this.stringMember(event, member, 'token', depth);
        return;
      case Member.DollarToken:
        event.dollarToken = this.stringMember(event, member, '$token', depth);
        return;
      case Member.ApiKey:
        event.apiKey = this.stringMember(event, member, 'api_key', depth);
        return;
      case Member.DistinctId:
        event.distinctId = this.anyValue(depth);
        return;
      case Member.DollarDistinctId:
        event.dollarDistinctId = this.anyValue(depth);
        return;
      case Member.Uuid:
        event.uuid = this.stringMember(event, member, 'uuid', depth);
        return;
      case Member.Event:
        event.name = this.stringMember(event, member, 'event', depth);
        return;
      case Member.Properties:
        return this.properties(event, depth);
      case Member.Timestamp:
        event.timestamp = this.stringMember(event, member, 'timestamp', depth);
        return;
      case Member.Offset:
        event.offset = this.integerMember(event, depth);
        return;
      case Member.Set:
        event.hasSet = this.mapMember(event, member, '$set', depth);
        return;
      case Member.SetOnce:
        event.hasSetOnce = this.mapMember(event, member, '$set_once', depth);
        return;
      case Member.SentAt:
        event.sentAt = this.optionalString(depth);
        return;
      case Member.SentAtCamel:
        event.sentAtCamel = this.optionalString(depth);
        return;
      case Member.Batch:
        if (body === undefined) break;
        if (cursor.peek() === 0x5b) {
          body.batchKind = Kind.Array;
          return body.onBatch();
        }
        body.batchKind = cursor.skipValue(depth);
        return;
      case Member.Historical:
        if (body === undefined) break;
        body.isHistorical = cursor.skipValue(depth) === Kind.True;
        return;
      case -1:
        break;
    }
    cursor.skipValue(depth);
  }

  private properties(event: RawEvent, depth: number): void {
    const { cursor } = this;
    // The last of two wins, whole: nothing of an earlier one may stay.
    const properties = emptyProperties();
    event.properties = properties;
    if (cursor.peek() !== 0x7b) {
      const kind = cursor.skipValue(depth);
      if (kind !== Kind.Null) complain(event, Member.Properties, `"properties" must be an object, found ${NAMES[kind]}`);
      return;
    }
    if (!cursor.enterObject(depth + 1)) return;
    do this.property(properties, depth + 1);
    while (cursor.nextMember());
  }

  private property(properties: RawProperties, depth: number): void {
    const { cursor } = this;
    const flags = cursor.key();
    switch (this.find(PROPERTIES, flags)) {
      case Property.Token:
        properties.token = this.optionalString(depth);
        return;
      case Property.DistinctId:
        properties.distinctId = this.anyValue(depth);
        return;
      case Property.SessionId:
        properties.sessionId = this.optionalString(depth);
        return;
      case Property.WindowId:
        properties.windowId = this.optionalString(depth);
        return;
      case Property.IgnoreSentAt:
        properties.ignoreSentAt = cursor.skipValue(depth) === Kind.True;
        return;
      case Property.Cookieless: {
        const kind = cursor.skipValue(depth);
        properties.cookieless = kind === Kind.True ? true : kind === Kind.False ? false : null;
        return;
      }
      case Property.Internal:
        cursor.skipValue(depth);
        properties.isInternal = true;
        return;
      case Property.ProductTour:
        properties.isProductTour = cursor.skipValue(depth) !== Kind.Null;
        return;
      case Property.HeatmapData:
        if (cursor.skipValue(depth) !== Kind.Null) properties.heatmap |= HEATMAP_DATA;
        else properties.heatmap &= ~HEATMAP_DATA;
        return;
      case Property.Pathname:
        if (cursor.skipValue(depth) === Kind.String) properties.heatmap |= HEATMAP_PATHNAME;
        else properties.heatmap &= ~HEATMAP_PATHNAME;
        return;
      case Property.Url:
        if (cursor.skipValue(depth) === Kind.String) properties.heatmap |= HEATMAP_URL;
        else properties.heatmap &= ~HEATMAP_URL;
        return;
      case Property.SnapshotData:
        properties.snapshot = this.snapshot(depth);
        return;
      case -1:
        cursor.skipValue(depth);
    }
  }

  private snapshot(depth: number): RawSnapshot | undefined {
    const { cursor } = this;
    const first = cursor.peek();
    const start = cursor.pos;
    const skipped = first === 0x5b || first === 0x7b ? skipRecording(cursor.bytes, start, cursor.maxDepth - depth) : undefined;
    if (skipped === undefined) {
      // No recording, or broken JSON, of which the cursor tells where.
      cursor.verbatim = true;
      cursor.skipValue(depth);
      cursor.verbatim = false;
      return undefined;
    }
    const { end, growth } = skipped;
    cursor.pos = end;
    return { start, end, isList: first === 0x5b, escapedBytes: end - start + growth };
  }

  private find<Id extends number>(keys: KnownKeys<Id>, flags: number): Id | -1 {
    const { keyStart, keyEnd, bytes } = this.cursor;
    if ((flags & ESCAPED) === 0) return keys.find(bytes, keyStart, keyEnd);
    return keys.findText(JSON.parse(`"${this.text.slice(keyStart, keyEnd)}"`) as string);
  }

  /** A string; null is absent; anything else is the event's problem. */
  private stringMember(event: RawEvent, member: Member, key: string, depth: number): RawText | undefined {
    const { cursor } = this;
    if (cursor.peek() === 0x22) return this.string();
    const kind = cursor.skipValue(depth);
    if (kind !== Kind.Null) complain(event, member, `"${key}" must be a string, found ${NAMES[kind]}`);
    return undefined;
  }

  /** A string; anything else counts as absent. */
  private optionalString(depth: number): RawText | undefined {
    if (this.cursor.peek() === 0x22) return this.string();
    this.cursor.skipValue(depth);
    return undefined;
  }

  private integerMember(event: RawEvent, depth: number): number | undefined {
    const start = (this.cursor.peek(), this.cursor.pos);
    const kind = this.cursor.skipValue(depth);
    if (kind === Kind.Null) return undefined;
    const value = kind === Kind.Number ? Number(this.text.slice(start, this.cursor.pos)) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    complain(event, Member.Offset, `"offset" must be an integer, found ${kind === Kind.Number ? 'another number' : NAMES[kind]}`);
    return undefined;
  }

  private mapMember(event: RawEvent, member: Member, key: string, depth: number): boolean {
    const kind = this.cursor.skipValue(depth);
    if (kind !== Kind.Object && kind !== Kind.Null) complain(event, member, `"${key}" must be an object, found ${NAMES[kind]}`);
    return kind === Kind.Object;
  }

  private string(): RawText {
    const start = this.cursor.pos + 1;
    const flags = this.cursor.skipString();
    return { raw: this.text.slice(start, this.cursor.pos - 1), isString: true, isPlain: flags === 0 };
  }

  private anyValue(depth: number): RawText | undefined {
    const { cursor } = this;
    if (cursor.peek() === 0x22) return this.string();
    const start = cursor.pos;
    const kind = cursor.skipValue(depth);
    if (kind === Kind.Null) return undefined;
    return { raw: this.text.slice(start, cursor.pos), isString: false, isPlain: kind !== Kind.Object && kind !== Kind.Array };
  }
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
  return problems?.get(Member.Token) ?? problems?.get(Member.DollarToken) ?? problems?.get(Member.ApiKey);
}

function complain(event: RawEvent, member: Member, what: string): void {
  event.problems ??= new Map();
  event.problems.set(member, problem(event.index, what));
}

/** A type error is a parse error to the sender of a single event, and a drop within a batch. */
function problem(index: number, what: string): Drop {
  return new Drop('malformed_event', `event ${index}: ${what}`, 'unparsable');
}
