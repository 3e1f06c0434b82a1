import { gib } from './gib.js';
import type { Retention } from './retention.js';
import type { SpoolConfig } from './spool.config.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Defaults of the release before, for logs that it has begun. */
const BYTES_BEFORE = 4 * GIB;
const HOURS_BEFORE = 168;
const MOST_BYTES = 10 * GIB;
const SHARE_OF_DISK = 0.8;

export interface FoundDisk {
  /** It was begun by a release that deleted the oldest events by default. */
  readonly isOfOlderRelease: boolean;
  /** Of its segments. */
  readonly bytes: number;
  /** On its disk. */
  readonly freeBytes: number;
}

export interface LogLimits extends Required<Retention> {
  /** For the operator, at boot: what is done because of an earlier release, and how to say what is wanted. */
  readonly warnings: readonly string[];
}

type Settings = Pick<SpoolConfig, 'embeddedFull' | 'embeddedMaxBytes' | 'embeddedRetentionBytes' | 'embeddedRetentionHours'>;

/** What the embedded log may hold. Acknowledged events are deleted only where somebody has asked for it, now or by an earlier release's rules. */
export function logLimits(settings: Settings, { isOfOlderRelease, bytes, freeBytes }: FoundDisk): LogLimits {
  const { embeddedFull, embeddedMaxBytes, embeddedRetentionBytes, embeddedRetentionHours } = settings;
  const isRetentionSet = embeddedRetentionBytes !== undefined || embeddedRetentionHours !== undefined;
  const isAsBefore = embeddedFull === undefined && (isRetentionSet || isOfOlderRelease);
  const whenFull = embeddedFull ?? (isAsBefore ? 'delete_oldest' : 'refuse');
  const given = Math.min(embeddedMaxBytes ?? Infinity, embeddedRetentionBytes ?? Infinity);
  const unset = isAsBefore ? BYTES_BEFORE : Math.max(2 * MIB, Math.min(MOST_BYTES, Math.floor((freeBytes + bytes) * SHARE_OF_DISK)));
  const limit = given === Infinity ? unset : given;
  const hours = embeddedRetentionHours ?? (isAsBefore ? HOURS_BEFORE : Infinity);
  const ageMs = whenFull === 'refuse' ? Infinity : hours * 3_600_000;
  const warnings: string[] = [];
  const rule = `the oldest events are deleted beyond ${gib(limit)}${ageMs === Infinity ? '' : ` and after ${hours} hours in which the gateway ran`}`;
  if (isRetentionSet && embeddedFull === undefined)
    warnings.push(
      `EMBEDDED_LOG_RETENTION_BYTES or _HOURS is set: ${rule}. Say so with EMBEDDED_LOG_FULL=delete_oldest and EMBEDDED_LOG_MAX_BYTES`,
    );
  else if (isAsBefore)
    warnings.push(
      `this log was begun by an earlier release: ${rule}, as before. Set EMBEDDED_LOG_FULL=refuse to keep all events until they are read or you delete them, or delete_oldest to go on like this`,
    );
  return { bytes: limit, ageMs, whenFull, warnings };
}
