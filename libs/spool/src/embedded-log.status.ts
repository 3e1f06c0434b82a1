import { Injectable } from '@nestjs/common';
import { EmbeddedLog } from './embedded-log.js';
import type { WhenFull } from './retention.js';

/** What readiness shows of the embedded log. */
export interface EmbeddedLogDetail {
  readonly directory: string;
  readonly bytes: number;
  /** Bytes that it may hold. */
  readonly maxBytes: number;
  /** What happens there: events are refused, or the oldest are deleted. */
  readonly whenFull: WhenFull | undefined;
  /** Older ones are deleted before that, in hours in which a gateway ran; undefined keeps them. */
  readonly maxAgeHours: number | undefined;
  /** Events are refused until there is room. */
  readonly isFull: boolean;
  readonly events: number;
  /** Seconds since the oldest stored event was written; undefined when there is none. */
  readonly oldestAgeSeconds: number | undefined;
  readonly pendingBytes: number;
  /** Why nothing can be stored at the moment; undefined when all is well. */
  readonly lastError: string | undefined;
  /** Files that are not counted, and why: `unreadable`, or `foreign`, written by another release. */
  readonly leftAlone: readonly { readonly file: string; readonly why: string }[];
}

@Injectable()
export class EmbeddedLogStatus {
  constructor(private readonly log: EmbeddedLog) {}

  detail(now = Date.now()): EmbeddedLogDetail {
    const stats = this.log.stats();
    const { whenFull, ageMs = Infinity } = this.log.retention ?? {};
    return {
      directory: this.log.directory,
      bytes: stats?.bytes ?? 0,
      maxBytes: stats?.limit ?? 0,
      whenFull,
      maxAgeHours: ageMs === Infinity ? undefined : ageMs / 3_600_000,
      isFull: stats?.isFull ?? false,
      events: stats?.events ?? 0,
      oldestAgeSeconds: stats?.oldest === undefined ? undefined : Math.max(0, Math.round((now - stats.oldest) / 1000)),
      pendingBytes: stats?.pendingBytes ?? 0,
      lastError: stats ? stats.failure : 'not open',
      leftAlone: (stats?.leftAlone ?? []).map(({ name, why }) => ({ file: name.file, why })),
    };
  }
}
