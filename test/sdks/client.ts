import type { SideAnswer } from './wire/recorder.ts';
import type { KnownSetRules } from './wire/known-set.ts';

/** Lets an SDK send the known set and resolves when it is done. */
export type Drive = (url: string, token: string, modes: readonly string[]) => Promise<void>;

/** What becomes of the events of a request that is refused, or answered by another status than 200. */
export type Reaction = 'resent' | 'dropped' | 'halved' | 'accepted' | 'sent twice';

/** One version of an SDK in one way of use. */
export interface Client {
  readonly name: string;
  /** As its registry calls it. */
  readonly sdk: string;
  readonly version: string;
  /** In words for the table; empty for the defaults. */
  readonly use: string;
  readonly toolchain: Toolchain;
  readonly modes: readonly string[];
  /** Installs the SDK, once, and builds its driver. */
  readonly prepare: () => Promise<Drive>;
  readonly rules: KnownSetRules;
  /** By the status that the first request is answered with; `retry` is the strict protocol's word for single events. */
  readonly reactions: Readonly<Partial<Record<number | 'retry', Reaction>>>;
  /** What the feature-flag service of the same host would say. */
  readonly sideAnswer?: SideAnswer;
}

export type Toolchain = 'node' | 'python' | 'go' | 'java' | 'rust' | 'chromium';
