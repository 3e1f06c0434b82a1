import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkerProcess } from './supervised-worker.js';
import { WorkerPool } from './worker-pool.js';

/** Serves, and dies, when it is told to. */
class FakeProcess extends EventEmitter implements WorkerProcess {
  readonly signals: string[] = [];
  readonly process: WorkerProcess['process'];

  constructor(pid: number) {
    super();
    this.process = { pid, kill: (signal) => this.signals.push(signal) > 0 };
  }

  serve(): void {
    this.emit('message', { id: 1, question: { about: 'serving', url: 'http://here' } });
  }

  die(code: number | null, signal: string | null = null): void {
    this.emit('exit', code, signal);
  }

  send(): boolean {
    return true;
  }
}

let processes: FakeProcess[];
let told: string[];
let givenUp: (string | undefined)[];
let pool: WorkerPool;

beforeEach(() => {
  vi.useFakeTimers();
  [processes, told, givenUp] = [[], [], []];
  const logger = { log: (message: string) => told.push(message), error: (message: string) => told.push(message) };
  const fork = () => {
    processes.push(new FakeProcess(100 + processes.length));
    return processes.at(-1)!;
  };
  pool = new WorkerPool({ count: 2, logger, fork, answer: () => {}, onEnded: () => {}, giveUp: (reason) => givenUp.push(reason) });
});
afterEach(() => vi.useRealTimers());

async function whole(): Promise<void> {
  const url = pool.start();
  processes[0].serve();
  processes[1].serve();
  expect(await url).toBe('http://here');
}

describe('WorkerPool', () => {
  it('starts the others once the first serves', async () => {
    void pool.start();
    expect(processes).toHaveLength(1);
    processes[0].serve();
    expect(processes).toHaveLength(2);
    expect(pool.serving).toHaveLength(1);
  });

  it('gives up at once when the first never serves, and leaves it the word', () => {
    void pool.start();
    processes[0].die(1);
    expect([givenUp, processes.length, told]).toEqual([[undefined], 1, []]);
  });

  it('says so itself when a signal was what ended the first', () => {
    void pool.start();
    processes[0].die(null, 'SIGSEGV');
    expect(givenUp).toEqual(['worker 1 (pid 100) ended with SIGSEGV before it served']);
  });

  it('gives up when another fails five times in a row before all have served', async () => {
    void pool.start();
    processes[0].serve();
    for (let i = 1; i <= 5; i++) {
      expect(givenUp).toEqual([]);
      processes[i].die(1);
      await vi.advanceTimersByTimeAsync(30_000);
    }
    expect(givenUp).toEqual(['worker 2 (pid 105) ended with exit code 1: 5 starts in a row have failed']);
  });

  it('starts the next process of one that died, later each time', async () => {
    await whole();
    let at = 2;
    for (const ms of [500, 1000, 2000, 4000]) {
      processes[at === 2 ? 0 : at - 1].die(null, 'SIGKILL');
      await vi.advanceTimersByTimeAsync(ms - 1);
      expect(processes).toHaveLength(at);
      await vi.advanceTimersByTimeAsync(1);
      expect(processes).toHaveLength(++at);
      processes[at - 1].serve();
    }
    expect([pool.workers[0].restarts, pool.serving.length, givenUp]).toEqual([4, 2, []]);
    expect(told[0]).toBe('worker 1 (pid 100) ended with SIGKILL; the next one starts in 0.5 s');
  });

  it('starts it at once when the process had lived for a while', async () => {
    await whole();
    await vi.advanceTimersByTimeAsync(61_000);
    processes[0].die(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(processes).toHaveLength(3);
  });

  it('goes on trying while another serves, and gives up when none does', async () => {
    await whole();
    processes[0].die(1);
    for (let i = 0; i < 9; i++) {
      await vi.advanceTimersByTimeAsync(30_000);
      processes.at(-1)!.die(1);
    }
    expect(givenUp).toEqual([]);
    processes[1].die(1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(givenUp).toEqual([]);
    processes.at(-1)!.die(1);
    processes.at(-2)!.die(1);
    expect(givenUp).toHaveLength(1);
  });

  it('stops all, starts none again, and kills what does not end', async () => {
    await whole();
    processes[1].die(1);
    const stopped = pool.stop(1000);
    expect(processes[0].signals).toEqual(['SIGTERM']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(processes[0].signals).toEqual(['SIGTERM', 'SIGKILL']);
    processes[0].die(null, 'SIGKILL');
    await stopped;
    expect([processes.length, pool.serving.length]).toEqual([2, 0]);
  });
});
