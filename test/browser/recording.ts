import { gunzipSync } from 'node:zlib';
import type { TopicMessage } from '@app/testing';

/** One rrweb event; with `cv` its data, or members of it, are gzip as binary text. */
export interface Item {
  readonly type: number;
  readonly timestamp: number;
  readonly data: unknown;
  readonly cv?: string;
}

export interface RecordingPart {
  readonly key: string | null;
  readonly sessionId: string;
  readonly items: readonly Item[];
  readonly partIndex: number | undefined;
  readonly partCount: number | undefined;
  readonly bytes: number;
}

interface SnapshotProperties {
  readonly $session_id: string;
  readonly $snapshot_items: readonly Item[];
  readonly $snapshot_part_index?: number;
  readonly $snapshot_part_count?: number;
}

/** A message as its consumer reads it: JSON in JSON. */
export function readPart({ key, value }: TopicMessage): RecordingPart {
  const { data } = JSON.parse(value.toString()) as { data: string };
  const { properties } = JSON.parse(data) as { properties: SnapshotProperties };
  return {
    key,
    sessionId: properties.$session_id,
    items: properties.$snapshot_items,
    partIndex: properties.$snapshot_part_index,
    partCount: properties.$snapshot_part_count,
    bytes: value.length,
  };
}

/** The recording that the parts are of, ready for a player. */
export function joinParts(parts: readonly RecordingPart[]): Item[] {
  return parts.flatMap(({ items }) => items).map(decompress);
}

/** What the recorder compressed is a whole snapshot, or the large members of a mutation. */
function decompress(item: Item): Item {
  if (item.cv === undefined) return item;
  const { cv: _, ...rest } = item;
  if (typeof item.data === 'string') return { ...rest, data: unzip(item.data) };
  const members = Object.entries(item.data as Record<string, unknown>).map(([name, value]) => [name, isGzip(value) ? unzip(value) : value]);
  return { ...rest, data: Object.fromEntries(members) };
}

function isGzip(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('\x1f\x8b');
}

function unzip(text: string): unknown {
  return JSON.parse(gunzipSync(Buffer.from(text, 'latin1')).toString());
}
