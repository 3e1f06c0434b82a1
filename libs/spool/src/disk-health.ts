import { DiskTrial } from './disk-trial.js';
import type { Disk } from './disk.js';
import type { SpoolMetrics } from './spool.metrics.js';
import { reasonOf } from './storage-error.js';

interface Settings {
  readonly directory: string;
  readonly disk: Disk;
  readonly metrics: SpoolMetrics;
  readonly notice: (message: string) => void;
}

/**
 * Whether a log can store. A disk that failed takes nothing from anybody, because readiness keeps requests away: so the log tries
 * for itself, more and more rarely, until its disk is well.
 */
export class DiskHealth {
  /** The last error, until something is stored again, be it by a trial. */
  failure: string | undefined;
  isTrialDue = false;
  readonly #trial: DiskTrial;
  #isStopped = false;

  /** @param onTrial a trial is due: call `tryDisk` when nothing else is written */
  constructor(
    private readonly settings: Settings,
    onTrial: () => void,
  ) {
    this.#trial = new DiskTrial(settings.disk, settings.directory, () => {
      this.isTrialDue = true;
      onTrial();
    });
  }

  /** @param bytes that could not be stored: the trial writes as many */
  failed(error: unknown, bytes = 0): void {
    const { directory, metrics, notice } = this.settings;
    if (this.failure === undefined) notice(`${directory}: cannot store: ${reasonOf(error)}`);
    this.failure = reasonOf(error);
    metrics.failed((error as NodeJS.ErrnoException).code ?? 'unknown');
    if (!this.#isStopped) this.#trial.failed(bytes);
  }

  stored(): void {
    if (this.failure === undefined) return;
    this.settings.notice(`${this.settings.directory}: storing again after: ${this.failure}`);
    this.failure = undefined;
    this.#trial.succeeded();
  }

  /** Never rejects. */
  async tryDisk(): Promise<void> {
    this.isTrialDue = false;
    if (this.failure === undefined || this.#isStopped) return;
    await this.#trial.run().then(
      () => this.stored(),
      (error: unknown) => this.failed(error),
    );
  }

  stop(): void {
    this.#isStopped = true;
    this.#trial.stop();
  }
}
