/**
 * What is written down of a member, or of where something begins. The first six are known to the kernel as well
 * (libs/vector/assembly/scan.ts), and so are the last.
 */
export enum Id {
  Properties,
  SnapshotData,
  /** From here to CaptureInternal: only beside the events. */
  Batch,
  Historical,
  CreatedAt,
  CaptureInternal,
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
  /** Of the strict protocol. */
  Options,
  OwnSessionId,
  OwnWindowId,
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
  created_at: Id.CreatedAt,
  capture_internal: Id.CaptureInternal,
  options: Id.Options,
  session_id: Id.OwnSessionId,
  window_id: Id.OwnWindowId,
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
