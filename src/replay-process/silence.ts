import type { Vitals } from './vitals.js';

/** How often a process is looked at. One that grows by a gigabyte a second is ended a hundred megabytes past its limit. */
export const LOOK_MS = 100;
/** How often a process that has nothing to say says so. */
export const BEAT_MS = 500;
/**
 * Processor time of its own that a process may use between two words. Work on a recording takes turns, and no turn of an honest one
 * of 25 MB needs half a second: a machine ten times as slow is not taken for a process that spins.
 */
const SPIN_CPU_MS = 5000;
/** A process that is silent for so long gets no more requests until it speaks again. */
const LONG_MS = 10_000;

/**
 * How long a process has said nothing. By the processor time that it has used meanwhile, one that spins is told from one that gets no
 * processor, which at its low priority may take long. Looks are counted, not time: a process that was stopped itself blames nobody.
 */
export class Silence {
  #looks = 0;
  #cpuBefore = 0;

  /** @param patienceMs whatever the reason is */
  constructor(
    private readonly vitals: Pick<Vitals, 'cpuMs'>,
    private readonly patienceMs: number,
  ) {}

  heard(): void {
    this.#looks = 0;
  }

  get isLong(): boolean {
    return this.#looks * LOOK_MS >= LONG_MS;
  }

  /** Looks once more. @returns how it is silent, when that is too long */
  look(): string | undefined {
    if (++this.#looks === 1) this.#cpuBefore = this.vitals.cpuMs();
    const silentMs = this.#looks * LOOK_MS;
    if (silentMs >= this.patienceMs) return `it said nothing for ${this.patienceMs / 1000} s`;
    // Until then its word may be on its way.
    if (silentMs <= 2 * BEAT_MS || this.vitals.cpuMs() - this.#cpuBefore < SPIN_CPU_MS) return undefined;
    return `it said nothing while it used ${SPIN_CPU_MS / 1000} s of processor time`;
  }
}
