const FIRST_PROBE_MS = 250;
const MAX_PROBE_MS = 2000;
/** One lost connection may have been idle for too long; two in a row mean that there is nobody. */
const FAILURES_TO_OPEN = 2;

export interface CircuitState {
  readonly topic: string;
  /** Node id. */
  readonly leader: number;
  readonly isOpen: boolean;
}

interface LeaderCircuit {
  /** Requests in a row that nobody answered. */
  failures: number;
  isOpen: boolean;
  probes: number;
  /** Monotonic milliseconds. */
  nextProbeAt: number;
}

/** Told when a broker stops or begins to answer. */
export type CircuitListener = (leader: number, isOpen: boolean, error: string) => void;

/**
 * Which brokers do not answer, so that nobody waits for them. Open circuits let a probe through now and then, at
 * jittered intervals, lest all gateways knock at the same moment.
 */
export class Circuits {
  readonly #leaders = new Map<number, LeaderCircuit>();

  constructor(private readonly changed: CircuitListener) {}

  isOpen(leader: number): boolean {
    return this.#leaders.get(leader)?.isOpen === true;
  }

  answered(leader: number): void {
    const circuit = this.#leaders.get(leader);
    if (circuit === undefined) return;
    this.#leaders.delete(leader);
    if (circuit.isOpen) this.changed(leader, false, '');
  }

  /** A request was not answered. @returns true when that has opened the circuit */
  failed(leader: number, error: string, now: number): boolean {
    const circuit = this.#of(leader);
    circuit.failures++;
    return circuit.failures >= FAILURES_TO_OPEN && this.#open(leader, circuit, error, now);
  }

  /** A request has been under way for longer than messages may wait, or the broker says nothing. @returns true when that has opened the circuit */
  silent(leader: number, reason: string, now: number): boolean {
    return this.#open(leader, this.#of(leader), reason, now);
  }

  /** True when it is time for a probe, which the caller then sends. */
  takeProbe(leader: number, now: number): boolean {
    const circuit = this.#leaders.get(leader);
    if (circuit === undefined || !circuit.isOpen) return true;
    if (now < circuit.nextProbeAt) return false;
    circuit.probes++;
    circuit.nextProbeAt = now + jittered(Math.min(MAX_PROBE_MS, FIRST_PROBE_MS * 2 ** circuit.probes));
    return true;
  }

  #open(leader: number, circuit: LeaderCircuit, error: string, now: number): boolean {
    if (circuit.isOpen) return false;
    circuit.isOpen = true;
    circuit.nextProbeAt = now + jittered(FIRST_PROBE_MS);
    this.changed(leader, true, error);
    return true;
  }

  #of(leader: number): LeaderCircuit {
    let circuit = this.#leaders.get(leader);
    if (circuit === undefined) this.#leaders.set(leader, (circuit = { failures: 0, isOpen: false, probes: 0, nextProbeAt: 0 }));
    return circuit;
  }
}

function jittered(ms: number): number {
  return ms * (0.7 + Math.random() * 0.6);
}
