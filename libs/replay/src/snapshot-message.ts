import { encodeMessage, type CaptureContext, type CapturedEvent } from '@app/event';
import type { EventIdentity } from '@app/capture';
import type { Part } from './packer.js';
import { partUuid } from './part-uuid.js';
import type { SnapshotMetadata } from './snapshot-metadata.js';

/** The name that consumers select recordings by. */
export const SNAPSHOT_ITEMS = '$snapshot_items';
/** For what comes on top after the parts were cut: framing, headers of a redirection, a hashed address. */
const SLACK = 1024;

/** What all messages of one recording share. */
export interface Recording {
  readonly token: string;
  /** Of the first of its events: it decides for all of them. */
  readonly identity: EventIdentity;
  readonly metadata: SnapshotMetadata;
}

/** Which of how many; a recording in one message bears no numbers. */
export interface Numbering {
  readonly index: number;
  readonly count: number;
}

/** One message of a recording, with the session as its key: a session's messages stay in order. */
export function snapshotMessage(recording: Recording, part: Part, numbering: Numbering, context: CaptureContext): CapturedEvent {
  const { token, identity, metadata } = recording;
  return {
    index: part.index,
    inputs: part.inputs,
    token,
    uuid: partUuid(identity.uuid, numbering.index),
    name: SNAPSHOT_ITEMS,
    resource: 'recordings',
    distinctId: identity.distinctId,
    ip: identity.ip,
    ipHash: undefined,
    timestamp: identity.timestamp,
    data: dataOf(recording, part.items, numbering),
    sessionId: metadata.sessionId,
    isCookieless: identity.isCookieless,
    isHistorical: context.isHistorical,
    disablePersonProcessing: false,
    skipHeatmapProcessing: false,
    route: 'replay',
    topic: undefined,
    dlqReason: undefined,
    partitionKey: metadata.sessionId,
  };
}

/** The members and their order are those of the service that this one replaces; the part's numbers are ours. */
function dataOf({ identity, metadata }: Recording, items: string, { index, count }: Numbering): string {
  const { sessionId, windowId, source, lib, host } = metadata;
  const before = { distinct_id: identity.distinctId, $session_id: sessionId, $window_id: windowId, $snapshot_source: source };
  const after = {
    $lib: lib,
    ...(host !== undefined && { $snapshot_host: host }),
    ...(count > 1 && { $snapshot_part_index: index, $snapshot_part_count: count }),
  };
  const head = JSON.stringify({ event: SNAPSHOT_ITEMS, properties: before });
  const tail = JSON.stringify(after);
  return `${binary(head.slice(0, -2))},"$snapshot_items":[${items}],${binary(tail.slice(1))}}`;
}

/** How many bytes a message of this recording has for items. */
export function roomForItems(recording: Recording, messageMaxBytes: number, context: CaptureContext): number {
  const none: Part = { items: '', index: 0, inputs: 0 };
  const { key, value, headers } = encodeMessage(snapshotMessage(recording, none, { index: 0, count: 1_000_000 }, context), context);
  const texts = [key ?? '', ...Object.entries(headers).flat()];
  return messageMaxBytes - SLACK - value.length - texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 4, 0);
}

/** UTF-8 bytes as one char each, as `CapturedEvent.data` has them. */
function binary(text: string): string {
  return Buffer.from(text).toString('latin1');
}
