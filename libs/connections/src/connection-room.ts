import { readFileSync } from 'node:fs';

/**
 * What an idle kept connection takes of a container's memory: 12 KiB in the process, measured over 10,000 that had sent an event each
 * (docs/sizing.md), and 4 KiB of the kernel's.
 */
const CONNECTION_BYTES = 16 * 1024;
const MEMORY_SHARE = 0.15;
/** The rest is for brokers, the spool's files, Redis and what Node itself opens. */
const OPEN_FILES_SHARE = 0.9;

export interface ConnectionRoom {
  readonly limit: number;
  /** What it was lowered by; undefined when it is what was set. */
  readonly loweredBy: 'memory' | 'open files' | undefined;
}

export interface RoomNeeds {
  /** MAX_CONNECTIONS. */
  readonly wanted: number;
  /** Bytes of the container for one process; undefined for no limit. */
  readonly memory: number | undefined;
  /** What the system lets a process open; undefined where it does not tell. */
  readonly openFiles: number | undefined;
}

/** How many connections a process may have. */
export function connectionRoom({ wanted, memory = Infinity, openFiles = Infinity }: RoomNeeds): ConnectionRoom {
  const inMemory = Math.floor((memory * MEMORY_SHARE) / CONNECTION_BYTES);
  const inFiles = Math.floor(openFiles * OPEN_FILES_SHARE);
  if (wanted <= inMemory && wanted <= inFiles) return { limit: wanted, loweredBy: undefined };
  return inMemory < inFiles ? { limit: inMemory, loweredBy: 'memory' } : { limit: inFiles, loweredBy: 'open files' };
}

/** Node has raised the soft limit to the hard one by then. */
export function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined; // no Linux
  }
}
