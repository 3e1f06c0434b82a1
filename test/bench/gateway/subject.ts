import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Linux counts CPU time in ticks of 10 ms. */
const TICK_MICROSECONDS = 10_000;

/** A process under measurement, with all processes that it starts. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  /** Node's flags that it runs with: the gateway starts itself anew with those that suit the machine. */
  readonly flags: readonly string[];
  readonly command: string;
  /** User and system time of the group so far, microseconds, by the operating system's own account. */
  cpu(): number;
  /** Bytes that the group has written so far, to sockets and files. */
  written(): number;
  /** CPU by thread of the first process, under the name that Node or V8 gave it. */
  threads(): ReadonlyMap<string, number>;
  /** Peaks of the group's memory since it was started, bytes. */
  peakMemory(): Memory;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export interface Memory {
  /** With the program's text and every page of a file that it has touched: those the system may take back. */
  readonly resident: number;
  /**
   * Heap, stacks and buffers outside of the heap: what a container's limit must hold. Looked at every 50 ms, and summed
   * over the processes at that instant.
   */
  readonly anonymous: number;
}

const LOOK_MS = 50;

/** @param flags of Node, before the file */
export async function startSubject(
  name: string,
  file: string,
  port: number,
  env: Record<string, string>,
  flags: readonly string[] = [],
): Promise<Subject> {
  const child = spawn(process.execPath, [...flags, file], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child, name);
  const group = () => [child.pid!, ...childrenOf(child.pid!)];
  const runningFlags = flagsOf(child.pid!);
  let anonymous = 0;
  const looking = setInterval(() => (anonymous = Math.max(anonymous, sum(group(), anonymousOf))), LOOK_MS).unref();
  return {
    name,
    url,
    flags: runningFlags,
    command: ['node', ...runningFlags, file].join(' ').replaceAll(`${process.cwd()}/`, ''),
    written: () => sum(group(), writtenBy),
    cpu: () => sum(group(), cpuOf),
    threads: () => threadsOf(child.pid!),
    peakMemory: () => ({ resident: sum(group(), peakOf), anonymous }),
    signal: (signal) => void child.kill(signal),
    stop: async () => {
      clearInterval(looking);
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function flagsOf(pid: number): string[] {
  const [, ...words] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return words.filter((word) => word.startsWith('--'));
}

async function untilReady(url: string, child: ChildProcess, name: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) break;
    if (
      await fetch(`${url}/_readiness`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(100);
  }
  throw new Error(`${name} did not start`);
}

const cpuOf = (pid: number) => ticks(readFileSync(`/proc/${pid}/stat`, 'utf8'));

function ticks(stat: string): number {
  // The command in parentheses may hold blanks; what follows it does not.
  const fields = stat.split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}

function threadsOf(pid: number): Map<string, number> {
  const threads = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const name = Number(thread) === pid ? 'main thread' : (/\((.*)\)/.exec(stat)?.[1] ?? thread);
    threads.set(name, (threads.get(name) ?? 0) + ticks(stat));
  }
  return threads;
}

const writtenBy = (pid: number) => Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
const peakOf = (pid: number) => statusOf(pid, 'VmHWM');
const anonymousOf = (pid: number) => statusOf(pid, 'RssAnon');

/** @returns bytes; 0 for a process that has just gone */
function statusOf(pid: number, field: string): number {
  try {
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0);
}

function childrenOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap(
    (task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').match(/\d+/g) ?? [],
  );
  return children.flatMap((text) => [Number(text), ...childrenOf(Number(text))]);
}
