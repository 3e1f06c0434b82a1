/** What a log tells whoever counts; libs/metrics implements it. Labels stay bounded: operations, causes and codes only. */
export abstract class SpoolMetrics {
  /** One group commit: that many events and bytes became durable, its write and fdatasync took that long. */
  abstract committed(events: number, bytes: number, seconds: number): void;
  /** A storage operation failed. @param code the system's, such as `ENOSPC` */
  abstract failed(code: string): void;
  /** A segment of the embedded log was deleted. @param why a label: `age`, `size`, or `read` by everybody who reads it */
  abstract expired(events: number, bytes: number, why: string): void;
  /** Where to ask for what the embedded log holds now. */
  abstract watchLog(read: () => LogFigures): void;
  /** Damage was found at open. */
  abstract damaged(bytes: number): void;

  // The ledger of the outage spool: spooled + recovered = drained + dead_lettered + expired + parked + dropped + pending.
  abstract spooled(messages: number): void;
  /** Found at boot, or in the slot of a process that died. */
  abstract recovered(messages: number): void;
  abstract drained(messages: number): void;
  abstract deadLettered(messages: number): void;
  abstract spoolExpired(messages: number): void;
  /** Neither their topic nor the dead-letter topic takes them: put aside on disk, for an operator. */
  abstract parked(messages: number): void;
  /** Their records are damaged. Of an earlier process's nobody can tell how many there were: so many at most. */
  abstract dropped(messages: number, certainty: 'exactly' | 'at most'): void;
  /** Not stored. @param cause `full`, `shed_replay`, `shed_historical`, `project_share`, `disk_slow`, `disk_error`, `closed` */
  abstract refused(cause: string, messages: number): void;
  /** Where to ask for what is in the spool now. */
  abstract watchSpool(read: () => SpoolFigures): void;
}

export interface LogFigures {
  readonly bytes: number;
  readonly maxBytes: number;
  /** Files that are neither counted nor deleted: they could not be read, or another release wrote them. */
  readonly leftAlone: number;
}

export interface SpoolFigures {
  readonly bytes: number;
  readonly maxBytes: number;
  /** Messages that wait. */
  readonly events: number;
  readonly oldestAgeSeconds: number | undefined;
  /** Messages that lie aside; not among those that wait. */
  readonly parked: number;
  /** Files of its logs that are neither drained nor deleted: they could not be read, or another release wrote them. */
  readonly leftAlone: number;
}

export class NoSpoolMetrics extends SpoolMetrics {
  committed(): void {}
  failed(_code: string): void {}
  expired(_events: number, _bytes: number, _why: string): void {}
  damaged(_bytes: number): void {}
  spooled(_messages: number): void {}
  recovered(_messages: number): void {}
  drained(_messages: number): void {}
  deadLettered(_messages: number): void {}
  spoolExpired(_messages: number): void {}
  parked(_messages: number): void {}
  dropped(_messages: number, _certainty: 'exactly' | 'at most'): void {}
  refused(_cause: string, _messages: number): void {}
  watchLog(): void {}
  watchSpool(): void {}
}
