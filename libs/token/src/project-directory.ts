import type { Project } from './project.js';

export const PROJECT_SOURCES = ['none', 'file', 'redis'] as const;
export type ProjectSource = (typeof PROJECT_SOURCES)[number];

/** What a directory knows of itself, for metrics and the admin port. */
export interface DirectoryFacts {
  readonly source: ProjectSource;
  readonly projects: number;
  /** Since the source was last read with success; undefined when it never was (or there is none). */
  readonly ageSeconds: number | undefined;
  /** Too old, or never read: what it does not know is accepted. */
  readonly isStale: boolean;
  /** Records that could not be read at the last refresh; each is named once in the log. */
  readonly unreadable: number;
  /** Why the last refresh failed; undefined when it did not. */
  readonly failure: string | undefined;
}

/**
 * The settings of projects, answered from memory: a source that is down, slow or wrong never delays a request, and what
 * was read last stays valid.
 */
export abstract class ProjectDirectory {
  abstract readonly source: ProjectSource;

  /**
   * Call it as often as you like: a look into a map.
   *
   * @returns the project, also a disabled one; `unknown` when a fresh source does not have it; undefined when nobody can
   *   tell (no source, or one that is stale or was never read): then accept, but keep no address
   */
  abstract find(token: string): Project | 'unknown' | undefined;

  abstract facts(): DirectoryFacts;
}
