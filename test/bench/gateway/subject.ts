import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Linux counts CPU time in ticks of 10 ms. */
const TICK_MICROSECONDS = 10_000;

/** A process under measurement, with all processes that it starts. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  /** User and system time of the group so far, microseconds, by the operating system's own account. */
  cpu(): number;
  /** Peak resident memory of the group, bytes. */
  peakMemory(): number;
  stop(): Promise<void>;
}

export async function startSubject(name: string, file: string, port: number, env: Record<string, string>): Promise<Subject> {
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child, name);
  const group = () => [child.pid!, ...childrenOf(child.pid!)];
  return {
    name,
    url,
    cpu: () => group().reduce((sum, pid) => sum + cpuOf(pid), 0),
    peakMemory: () => group().reduce((sum, pid) => sum + peakOf(pid), 0),
    stop: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await exited;
    },
  };
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

function cpuOf(pid: number): number {
  // The command in parentheses may hold blanks; what follows it does not.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}

function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

function childrenOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap(
    (task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').match(/\d+/g) ?? [],
  );
  return children.flatMap((text) => [Number(text), ...childrenOf(Number(text))]);
}
