/** How far somebody has come who reads the log under a name. */
export interface ReaderPosition {
  readonly name: string;
  /** The first sequence number that it has not read. */
  readonly next: number;
}

/**
 * What may not be deleted yet. A log that is full deletes first what all of these have read; what one of them has not, it deletes
 * only where that is asked for, and says so. Nobody reads under a name so far.
 */
export abstract class LogReaders {
  abstract positions(): readonly ReaderPosition[];
}

export class NoReaders extends LogReaders {
  positions(): readonly ReaderPosition[] {
    return [];
  }
}
