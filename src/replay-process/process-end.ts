/** Labels of `capture_replay_thread_ends_total`. */
export const END_REASONS = ['memory', 'silent', 'crash', 'start'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** Why a process has ended, for a metric and in words. */
export interface ProcessEnd {
  readonly reason: EndReason;
  readonly how: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether it has served at all. */
  readonly hasServed: boolean;
  /** What V8 said last, when it gave up. */
  readonly fatal: string | undefined;
}

/** How V8 says that memory is short, of its heap or of the system. */
const OUT_OF_MEMORY = /out of memory|allocation failed/i;

/** Of a process that was not told to end. */
export function endOf({ code, signal, hasServed, fatal }: Exit): ProcessEnd {
  if (fatal !== undefined && OUT_OF_MEMORY.test(fatal)) return { reason: 'memory', how: `its heap was full (${fatal})` };
  const exit = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const how = fatal === undefined ? exit : `${exit} (${fatal})`;
  return { reason: hasServed ? 'crash' : 'start', how };
}
