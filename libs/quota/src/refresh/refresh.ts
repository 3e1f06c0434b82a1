import { Logger } from '@nestjs/common';

const FIRST_RETRY_MS = 250;
/** So that pods started together don't ask together. */
const JITTER = 0.1;

export interface RefreshOptions {
  /** For the log and the admin port: `quotas`, `restrictions`. */
  readonly name: string;
  readonly intervalMs: number;
  /** Reads and takes over what it read; a rejection leaves what is there. Never runs twice at a time. */
  readonly load: () => Promise<void>;
  readonly onFailure?: () => void;
}

const logger = new Logger('Refresh');

/**
 * Reads a source now and then, in nobody's way. After a failure it tries again sooner, up to the interval; the log tells
 * of the first failure and of the recovery, not of each attempt.
 */
export class Refresh {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private failures = 0;
  private succeededAt: number | undefined;

  constructor(private readonly options: RefreshOptions) {}

  start(): this {
    void this.run();
    return this;
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  get name(): string {
    return this.options.name;
  }

  /** The last attempt failed. */
  get isFailing(): boolean {
    return this.failures > 0;
  }

  /** Since the last success, milliseconds; undefined when there was none. */
  get ageMs(): number | undefined {
    return this.succeededAt === undefined ? undefined : performance.now() - this.succeededAt;
  }

  private async run(): Promise<void> {
    const { name, intervalMs, load, onFailure } = this.options;
    try {
      await load();
      if (this.failures > 0) logger.log(`${name}: read again`);
      this.failures = 0;
      this.succeededAt = performance.now();
    } catch (error) {
      onFailure?.();
      if (this.failures++ === 0) logger.warn(`${name}: can't be read (${reasonOf(error)}); going on with what was read last`);
    }
    if (this.isStopped) return;
    const delay = this.failures === 0 ? intervalMs : Math.min(intervalMs, FIRST_RETRY_MS * 2 ** Math.min(this.failures, 10));
    this.timer = setTimeout(() => void this.run(), delay * (1 + JITTER * (2 * Math.random() - 1))).unref();
  }
}

/** A code or a class, and of what Redis itself answered the first word: never a message, which may quote what was read. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as NodeJS.ErrnoException;
  return code ?? /^[A-Z]{3,}\b/.exec(error.message)?.[0] ?? error.name;
}
