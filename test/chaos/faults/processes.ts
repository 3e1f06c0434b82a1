import { execFileSync } from 'node:child_process';

/** Ids of the processes of this command whose arguments contain a text: ours are known by their folder. */
export function processesWith(command: string, argument: string): number[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8', maxBuffer: 16 << 20 }).split('\n');
  return lines
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && match[2].endsWith(command) && match[3].includes(argument))
    .map((match) => Number(match![1]));
}

/** @throws Error when there is no such process: a fault that hit nobody proves nothing */
export function signalProcess(command: string, argument: string, signal: NodeJS.Signals): void {
  const pids = processesWith(command, argument);
  if (pids.length === 0) throw new Error(`no ${command} with ${argument}`);
  for (const pid of pids) process.kill(pid, signal);
}
