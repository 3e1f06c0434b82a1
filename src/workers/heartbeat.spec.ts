import { beforeEach, describe, expect, it } from 'vitest';
import { Heartbeat } from './heartbeat.js';
import type { SupervisedWorker } from './supervised-worker.js';

/** Answers as it is told to. */
class FakeWorker {
  readonly number = 1;
  pid: number | undefined = 100;
  status: number | undefined = 200;
  readonly signals: string[] = [];
  readonly conversation = {
    ask: () => (this.status === undefined ? Promise.reject(new Error('no answer')) : Promise.resolve({ status: this.status })),
  };

  kill(signal: string): void {
    this.signals.push(signal);
  }
}

let worker: FakeWorker;
let state: string;
let told: string[];
let heartbeat: Heartbeat;
beforeEach(() => {
  [worker, state, told] = [new FakeWorker(), 'R', []];
  heartbeat = new Heartbeat({
    serving: () => [worker as unknown as SupervisedWorker],
    patienceMs: 60_000,
    logger: { error: (message: string) => told.push(message) },
    stateOf: () => state,
  });
});

async function beats(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await heartbeat.beat();
}

describe('Heartbeat', () => {
  it('lets a worker live that answers', async () => {
    await beats(20);
    expect([worker.signals, told]).toEqual([[], []]);
  });

  it('kills one that is silent for six beats, and says why', async () => {
    worker.status = undefined;
    await beats(5);
    expect(worker.signals).toEqual([]);
    await beats(1);
    expect([worker.signals, told]).toEqual([['SIGKILL'], ['worker 1 (pid 100) says nothing for 60 s: it is replaced']]);
  });

  it('lets one drain that says that it is blocked, for a beat', async () => {
    worker.status = 503;
    await beats(6);
    expect([worker.signals, told]).toEqual([
      ['SIGTERM'],
      ['worker 1 (pid 100) says that its event loop is blocked for 60 s: it is replaced'],
    ]);
    await beats(1);
    expect([worker.signals, told.length]).toEqual([['SIGTERM', 'SIGKILL'], 1]);
  });

  it.each([
    ['T', 'was stopped by somebody'],
    ['D', 'waits for a disk'],
  ])('waits for one in state %s, which %s', async (letter) => {
    worker.status = undefined;
    state = letter;
    await beats(20);
    expect(worker.signals).toEqual([]);
    state = 'R';
    await beats(5);
    expect(worker.signals).toEqual([]);
  });

  it('begins anew with each answer, and with each process', async () => {
    worker.status = undefined;
    await beats(5);
    worker.status = 200;
    await beats(1);
    worker.status = undefined;
    await beats(5);
    worker.pid = 101;
    await beats(5);
    expect(worker.signals).toEqual([]);
  });
});
