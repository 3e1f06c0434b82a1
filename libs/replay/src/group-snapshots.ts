import { identifyEvent, type CaptureRequest, type GroupedSnapshots } from '@app/capture';
import type { RawEvent } from '@app/decoder';
import { Drop, type CapturedEvent, type DroppedEvent, type Steps } from '@app/event';
import { Pace } from '@app/pipeline';
import { markerItem } from './marker-item.js';
import { packItems, type Piece } from './pack-items.js';
import { readMetadata } from './snapshot-metadata.js';
import { roomForItems, snapshotMessage, type Recording } from './snapshot-message.js';
import type { AdmitToken } from './token-admission.js';

export interface GroupingOptions {
  /** Of a whole message, before compression. */
  readonly messageMaxBytes: number;
  readonly admit: AdmitToken;
  /** Told of each item that had to be replaced. */
  readonly onReplaced: () => void;
}

/** What making a message costs, in bytes of events. */
const MESSAGE_BYTES = 8192;

interface Group {
  readonly recording: Recording;
  readonly pieces: Piece[];
}

/**
 * Merges a request's snapshots to one recording per token, session and window, and cuts each into messages that fit. The
 * items stay the bytes that arrived. A bad snapshot is dropped alone, with its reason.
 */
export function* groupSnapshots(
  request: CaptureRequest,
  snapshots: readonly RawEvent[],
  options: GroupingOptions,
): Steps<GroupedSnapshots> {
  const groups = new Map<string, Group>();
  const dropped: DroppedEvent[] = [];
  const pace = new Pace();
  for (const raw of snapshots) {
    const turn = pace.before(raw.end - raw.start);
    if (turn !== undefined) yield turn;
    const drop = addTo(groups, raw, request, options.admit);
    if (drop !== undefined) dropped.push({ index: raw.index, uuid: undefined, drop });
  }
  const events: CapturedEvent[] = [];
  for (const group of groups.values()) {
    // A message is made for each, to know what room there is in it.
    const turn = pace.before(MESSAGE_BYTES);
    if (turn !== undefined) yield turn;
    events.push(...(yield* messagesOf(group, request, options)));
  }
  return { events, dropped };
}

function addTo(groups: Map<string, Group>, raw: RawEvent, request: CaptureRequest, admit: AdmitToken): Drop | undefined {
  const { payload, context } = request;
  if (raw.problem !== undefined) return raw.problem;
  const token = admit(raw);
  if (token instanceof Drop) return token;
  const identity = identifyEvent(raw, context);
  if (identity instanceof Drop) return identity;
  const { snapshot } = raw.properties;
  const metadata = readMetadata(payload, raw, snapshot, context.userAgent);
  if (metadata instanceof Drop) return metadata;
  if (snapshot === undefined)
    return new Drop('missing_snapshot_data', `event ${raw.index}: "$snapshot_data" must be an array or an object`, 'missing_snapshot_data');

  const key = `${token}\n${metadata.sessionId}\n${metadata.windowId}`;
  const group = groups.get(key);
  const piece = { index: raw.index, snapshot };
  if (group !== undefined) group.pieces.push(piece);
  else groups.set(key, { recording: { token, identity, metadata }, pieces: [piece] });
  return undefined;
}

function* messagesOf({ recording, pieces }: Group, { payload, context }: CaptureRequest, options: GroupingOptions): Steps<CapturedEvent[]> {
  const room = roomForItems(recording, options.messageMaxBytes, context);
  const replace = (item: string) => {
    options.onReplaced();
    return markerItem(item, recording.identity.timestamp);
  };
  const parts = yield* packItems(payload.text, pieces, { room, replace });
  return parts.map((part, index) => snapshotMessage(recording, part, { index, count: parts.length }, context));
}
