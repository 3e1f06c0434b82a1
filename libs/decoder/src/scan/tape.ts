import type { Tape } from '@app/vector';
import { Kind } from './json-cursor.js';

/**
 * What is written down of a member, or of where something begins. The first four are known to the kernel as well
 * (libs/vector/assembly/scan.ts), and so are the last.
 */
export enum Id {
  Properties,
  Batch,
  Historical,
  SnapshotData,
  Token,
  DollarToken,
  ApiKey,
  DistinctId,
  DollarDistinctId,
  Uuid,
  Event,
  Timestamp,
  Offset,
  Set,
  SetOnce,
  SentAt,
  SentAtCamel,
  PropertyToken,
  PropertyDistinctId,
  SessionId,
  WindowId,
  IgnoreSentAt,
  Cookieless,
  Internal,
  HeatmapData,
  Pathname,
  Url,
  ProductTour,
  /** An event begins; its span is the event's. */
  EventStart = 253,
  /** Of a body that is an array, or of `batch`. */
  List = 254,
  ListEnd = 255,
}

export const EVENT_KEYS = {
  token: Id.Token,
  $token: Id.DollarToken,
  api_key: Id.ApiKey,
  distinct_id: Id.DistinctId,
  $distinct_id: Id.DollarDistinctId,
  uuid: Id.Uuid,
  event: Id.Event,
  properties: Id.Properties,
  timestamp: Id.Timestamp,
  offset: Id.Offset,
  $set: Id.Set,
  $set_once: Id.SetOnce,
  sent_at: Id.SentAt,
  sentAt: Id.SentAtCamel,
  batch: Id.Batch,
  historical_migration: Id.Historical,
} as const;

export const PROPERTY_KEYS = {
  token: Id.PropertyToken,
  distinct_id: Id.PropertyDistinctId,
  $session_id: Id.SessionId,
  $window_id: Id.WindowId,
  $ignore_sent_at: Id.IgnoreSentAt,
  $cookieless_mode: Id.Cookieless,
  capture_internal: Id.Internal,
  $heatmap_data: Id.HeatmapData,
  $prev_pageview_pathname: Id.Pathname,
  $current_url: Id.Url,
  $snapshot_data: Id.SnapshotData,
  $product_tour_id: Id.ProductTour,
} as const;

/** One entry is four words: id, kind and flags in one; where the value begins and ends; by how much it grows when escaped. */
export const ENTRY_WORDS = 4;

/** A tape in the making; the kernel writes its own. */
export class TapeWriter {
  private readonly words: number[] = [];

  /** Strings are spans between their quotes, everything else is its whole JSON. */
  put(id: Id, kind: Kind, flags: number, start: number, end: number, growth = 0): void {
    this.words.push(id | (kind << 8) | (flags << 16), start, end, growth);
  }

  /** Begins an event; to be told its end with `close`. */
  open(kind: Kind, start: number): number {
    this.put(Id.EventStart, kind, 0, start, start);
    return this.words.length - ENTRY_WORDS;
  }

  close(entry: number, kind: Kind, end: number): void {
    this.words[entry] = Id.EventStart | (kind << 8);
    this.words[entry + 2] = end;
  }

  finish(): Tape {
    return { words: Int32Array.from(this.words), length: this.words.length / ENTRY_WORDS };
  }
}
