import { readFileSync } from 'node:fs';

export interface PeakMemory {
  /** Highest resident set ever, MiB. */
  readonly resident: number;
  /** Highest anonymous part that was seen, MiB: heap and buffers, without files mapped. */
  readonly anonymous: number;
  /** Of a memory cgroup that is the process's alone, MiB; undefined when it shares one with us. */
  readonly cgroup: number | undefined;
}

const EVERY_MS = 200;

/** Watches a process by /proc; gives nothing on systems without it. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #resident = NaN;
  #anonymous = NaN;
  #cgroup: number | undefined;

  constructor(pid: number) {
    this.#pid = pid;
    this.#look();
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
    this.#timer.unref();
  }

  get peak(): PeakMemory {
    return { resident: this.#resident, anonymous: this.#anonymous, cgroup: this.#cgroup };
  }

  /** What counts against RLIMIT_DATA now, MiB: private memory that could be written, used or only reserved. */
  reserved(): number {
    return kilobytes(readFileSync(`/proc/${this.#pid}/status`, 'utf8'), 'VmData') / 1024;
  }

  anonymousNow(): number {
    return kilobytes(readFileSync(`/proc/${this.#pid}/status`, 'utf8'), 'RssAnon') / 1024;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    try {
      const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8');
      const anonymous = kilobytes(status, 'RssAnon') / 1024;
      // Dead, and not yet waited for: such a process has no memory, and is in no cgroup of its own.
      if (Number.isNaN(anonymous)) return;
      this.#resident = kilobytes(status, 'VmHWM') / 1024;
      this.#anonymous = Math.max(anonymous, Number.isNaN(this.#anonymous) ? 0 : this.#anonymous);
      this.#cgroup = ownCgroupPeak(this.#pid);
    } catch {
      // It has ended.
    }
  }
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN);
}

/** Version 2 tells the peak as `memory.peak`, version 1 as `memory.max_usage_in_bytes`. */
function ownCgroupPeak(pid: number): number | undefined {
  const [its, ours] = [memoryCgroup(pid), memoryCgroup(process.pid)];
  if (its === undefined || its === ours) return undefined;
  for (const file of [`/sys/fs/cgroup${its}/memory.peak`, `/sys/fs/cgroup/memory${its}/memory.max_usage_in_bytes`]) {
    try {
      return Number(readFileSync(file, 'utf8')) / (1 << 20);
    } catch {
      // The other version.
    }
  }
  return undefined;
}

function memoryCgroup(pid: number): string | undefined {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n');
  const line = lines.find((one) => one.split(':')[1] === 'memory') ?? lines.find((one) => one.startsWith('0::'));
  return line?.split(':').slice(2).join(':');
}
