import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

/** Of a process, as the kernel counts. */
export interface Figures {
  readonly cpuSeconds: number;
  /** The most that was resident since it began. */
  readonly peakMib: number;
}

/** The kernel's unit of process times, everywhere that Linux runs today. */
const TICKS_PER_SECOND = 100;

/** Undefined once the process has ended. */
export function figuresOf(pid: number): Figures | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    // An ended process that nobody has waited for has times, but no memory.
    if (peak === undefined) return undefined;
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, peakMib: Math.round(Number(peak) / 1024) };
  } catch {
    return undefined;
  }
}

/** What the probe inside the process has seen since it was last asked, milliseconds; undefined when it does not answer. */
export function longestDelay(socketPath: string, limitMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    let text = '';
    const settle = (value: number | undefined): void => {
      resolve(value);
      socket.destroy();
    };
    socket.setTimeout(limitMs, () => settle(undefined));
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => settle(undefined));
    socket.on('end', () => settle(text === '' ? undefined : (JSON.parse(text) as { longestMs: number }).longestMs));
  });
}
