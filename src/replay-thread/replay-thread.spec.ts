import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SharedLimits } from '@app/event';
import { Gauge, register } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReplayThread } from './replay-thread.js';

/** A thread that answers a body with the same, unless it is told to die, to hang or to fail. */
const ECHO = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { requests, isSlow } = workerData;
  const { setTimeout } = require('node:timers');
  const counted = [{ name: 'events_total', help: 'h', type: 'counter', aggregator: 'sum', values: [{ labels: {}, value: 3 }] }];
  parentPort.on('message', ({ id, question }) => {
    if (question === undefined) return;
    if (question.about === 'stop') setTimeout(() => process.exit(0), 50);
    else parentPort.postMessage({ id, answer: counted });
  });
  const bodies = new Map();
  requests.on('message', ({ id, chunk, request, isOff }) => {
    if (chunk !== undefined) return bodies.set(id, (bodies.get(id) ?? '') + Buffer.from(chunk));
    const text = bodies.get(id);
    bodies.delete(id);
    if (text === 'die') process.exit(3);
    if (text === 'hang') for (;;);
    if (request === undefined) return;
    const body = new Uint8Array(Buffer.from(text === 'how many' ? String(bodies.size) : text));
    requests.postMessage({ id, answer: text === 'fail' ? undefined : { status: 200, headers: {}, body } });
  });
  parentPort.postMessage({ id: 1, question: { about: 'serving', url: '' } });
`;

let threads: Worker[];
let told: string[];
let limits: SharedLimits;

function open(patienceMs = 0, source = ECHO): ReplayThread {
  return new ReplayThread({
    limits,
    patienceMs,
    logger: { log: (line: string) => told.push(line), error: (line: string) => told.push(line) },
    start: (requests) => {
      threads.push(new Worker(source, { eval: true, workerData: { requests }, transferList: [requests], stderr: true }));
      return threads.at(-1)!;
    },
  });
}

/** What the thread answers to a body, sent a letter a chunk. */
async function ask(thread: ReplayThread, text: string): Promise<string> {
  const body = thread.body();
  if (body === undefined) throw new Error('it does not serve');
  for (const letter of text) body.add(Buffer.from(letter));
  const head = { method: 'POST', url: '/s', headers: {}, remoteAddress: '192.0.2.1', receivedAt: 0 };
  const answer = await body.finish().answer(head);
  return Buffer.from(answer.body).toString();
}

const untilItServes = (thread: ReplayThread) => expect.poll(() => thread.serves, { timeout: 5000, interval: 5 }).toBe(true);
const untilTold = (text: string) => expect.poll(() => told.join(), { timeout: 5000, interval: 5 }).toContain(text);

async function valueOf(thread: ReplayThread, name: string): Promise<number> {
  const line = (await thread.metricsText()).split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

beforeEach(() => {
  [threads, told, limits] = [[], [], new SharedLimits()];
});
afterEach(() => Promise.all(threads.map((thread) => thread.terminate())));

describe('ReplayThread', () => {
  it('starts with the first that asks, who does not wait for it', async () => {
    const thread = open();
    expect(threads).toHaveLength(0);
    expect(thread.serves).toBe(false);
    await untilItServes(thread);
    expect([threads.length, told]).toEqual([1, ['recordings have a thread of their own']]);
  });

  it('answers each request with what the thread says to its body', async () => {
    const thread = open();
    await untilItServes(thread);
    expect(await Promise.all(['one', 'two', 'three'].map((text) => ask(thread, text)))).toEqual(['one', 'two', 'three']);
  });

  it('is given chunks without a copy where they are alone in their buffer, and lets go of a body that is off', async () => {
    const thread = open();
    await untilItServes(thread);
    const [alone, among] = [Buffer.from(new Uint8Array(100_000).buffer), Buffer.allocUnsafeSlow(10).subarray(2, 5)];
    const body = thread.body()!;
    body.add(alone);
    body.add(among);
    expect([alone.length, among.length]).toEqual([0, 3]);
    expect(await ask(thread, 'how many')).toBe('1');
    body.clear();
    body.clear();
    expect(await ask(thread, 'how many')).toBe('0');
  });

  it('adds up what both have counted, and keeps what a dead one had', async () => {
    const thread = open();
    await untilItServes(thread);
    expect(await valueOf(thread, 'events_total')).toBe(3);
    await expect(ask(thread, 'die')).rejects.toThrow('transient error');
    expect(await valueOf(thread, 'events_total')).toBe(3);
    expect(await valueOf(thread, 'capture_replay_thread_up')).toBe(0);
    expect(await valueOf(thread, 'capture_replay_thread_starts_total')).toBe(1);
    expect(await valueOf(thread, 'capture_replay_thread_requests_total')).toBe(1);
    expect((await thread.metrics()).find(({ name }) => name === 'events_total')?.values).toEqual([{ labels: {}, value: 3 }]);
  });

  it('leaves nothing out that the process has of its own', async () => {
    const gauge = new Gauge({ name: 'started_seconds', help: 'h', aggregator: 'omit' });
    gauge.set(5);
    const thread = open();
    await untilItServes(thread);
    const values = [await valueOf(thread, 'started_seconds'), await valueOf(thread, 'events_total')];
    register.removeSingleMetric('started_seconds');
    expect(values).toEqual([5, 3]);
  });

  it('that dies takes its requests with it and holds nothing any more; the next one starts a while later', async () => {
    const thread = open();
    await untilItServes(thread);
    new SharedLimits(limits.cells, 1).of('queue').tell(1000);
    expect(limits.of('queue').others).toBe(1000);
    await expect(Promise.all([ask(thread, 'die'), ask(thread, 'one')])).rejects.toMatchObject({ code: 'transient' });
    expect([thread.serves, threads.length, limits.of('queue').others]).toEqual([false, 1, 0]);
    expect(told.at(-1)).toBe('the thread of recordings ended with exit code 3; the next one starts in 0.5 s at the earliest');
    await untilItServes(thread);
    expect(threads).toHaveLength(2);
  });

  it('refuses a request that the thread failed at, and goes on', async () => {
    const thread = open();
    await untilItServes(thread);
    await expect(ask(thread, 'fail')).rejects.toMatchObject({ code: 'internal' });
    expect(await ask(thread, 'one')).toBe('one');
  });

  it('is ended when it says nothing', async () => {
    const thread = open(600);
    await untilItServes(thread);
    const hanging = expect(ask(thread, 'hang')).rejects.toMatchObject({ code: 'transient' });
    await untilTold('says nothing for 0.6 s');
    await hanging;
    expect(thread.serves).toBe(false);
  }, 20_000);

  it('that does not even end is let go of, and no other started beside it', async () => {
    const worker = Object.assign(new EventEmitter(), { terminate: vi.fn<() => void>(), postMessage: () => {}, unref: () => {} });
    const start = vi.fn<() => Worker>(() => worker as unknown as Worker);
    const logger = { log: () => {}, error: (line: string) => told.push(line) };
    const thread = new ReplayThread({ limits, patienceMs: 60, logger, start });
    expect(thread.serves).toBe(false);
    worker.emit('message', { id: 1, question: { about: 'serving', url: '' } });
    const late = thread.body()!;
    const waiting = expect(ask(thread, 'one')).rejects.toMatchObject({ code: 'transient' });
    await untilTold('says nothing');
    await waiting;
    late.add(Buffer.from('rest'));
    const head = { method: 'POST', url: '/s', headers: {}, remoteAddress: undefined, receivedAt: 0 };
    await expect(late.answer(head)).rejects.toMatchObject({ code: 'transient' });
    expect([thread.serves, thread.body(), start.mock.calls.length, worker.terminate.mock.calls.length]).toEqual([false, undefined, 1, 1]);
    worker.emit('exit', 1);
    await expect.poll(() => thread.serves || start.mock.calls.length, { timeout: 5000 }).toBe(2);
  }, 20_000);

  it('that cannot start says why, and is tried again later and later', async () => {
    const thread = open(0, 'throw new Error("no room")');
    expect(thread.serves).toBe(false);
    await untilTold('ended with no room; the next one starts in 0.5 s');
    await expect.poll(() => thread.serves || threads.length > 1, { timeout: 5000 }).toBe(true);
    await untilTold('the next one starts in 1 s');
    await expect(ask(thread, 'one')).rejects.toThrow('it does not serve');
  });

  it('stops when it has said what it knows, and never starts again', async () => {
    const thread = open();
    await thread.stop();
    expect(thread.serves).toBe(false);
    const other = open();
    await untilItServes(other);
    await other.stop();
    expect([other.serves, threads.length, told]).toEqual([false, 1, ['recordings have a thread of their own']]);
  });
});
