/** What a log tells whoever counts; libs/metrics implements it. Labels stay bounded: operations and codes only. */
export abstract class SpoolMetrics {
  /** One group commit: that many events and bytes became durable, its write and fdatasync took that long. */
  abstract committed(events: number, bytes: number, seconds: number): void;
  /** A storage operation failed. @param code the system's, such as `ENOSPC` */
  abstract failed(code: string): void;
  /** Retention deleted a segment. */
  abstract expired(events: number, bytes: number): void;
  /** Damage was found at open. */
  abstract damaged(bytes: number): void;
}

export class NoSpoolMetrics extends SpoolMetrics {
  committed(): void {}
  failed(): void {}
  expired(): void {}
  damaged(): void {}
}
