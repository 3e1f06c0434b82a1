import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { SharedLimits } from '@app/event';
import { Gauge, register } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReplayProcess, type ReplayProcessOptions } from './replay-process.js';

const here = (file: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, file)));

/** A process that answers a body with the same, unless it is told to die, to hang, to fail or to take all memory. */
const ECHO = `
  import { Socket } from 'node:net';
  import { FRAME, frameReader, writeFrame } from ${here('frames.ts')};
  import { answerParts } from ${here('handed-request.ts')};
  const pipe = new Socket({ fd: 3 });
  const counted = [{ name: 'events_total', help: 'h', type: 'counter', aggregator: 'sum', values: [{ labels: {}, value: 3 }] }];
  process.on('message', ({ id, question }) => {
    if (question === undefined) return;
    if (question.about === 'stop') setTimeout(() => process.exit(0), 50);
    else process.send({ id, answer: counted });
  });
  const bodies = new Map();
  const kept = [];
  pipe.on('data', frameReader({
    chunk: (id, piece) => bodies.set(id, (bodies.get(id) ?? '') + piece),
    frame(kind, id) {
      const text = bodies.get(id);
      bodies.delete(id);
      if (text === 'hold') writeFrame(pipe, FRAME.limits, 0, Buffer.from(Float64Array.of(0, 0, 1000, 0).buffer));
      if (text === 'die') process.exit(3);
      if (text === 'hang') for (;;);
      if (text === 'take') for (let i = 0; i < 40; i++) kept.push(Buffer.alloc(10_000_000, 1));
      if (kind === FRAME.request && text === 'fail') writeFrame(pipe, FRAME.failure, id);
      else if (kind === FRAME.request) {
        const body = Buffer.from(text === 'how many' ? String(bodies.size) : text);
        writeFrame(pipe, FRAME.answer, id, ...answerParts({ status: 200, headers: {}, body }));
      }
    },
  }));
  setInterval(() => writeFrame(pipe, FRAME.limits, 0, Buffer.alloc(32)), 100);
  process.on('disconnect', () => process.exit());
  process.send({ id: 1, question: { about: 'serving', url: '' } });
`;

let processes: ChildProcess[];
let told: string[];
let limits: SharedLimits;

function open(options: Partial<ReplayProcessOptions> = {}, source = ECHO): ReplayProcess {
  return new ReplayProcess({
    limits,
    patienceMs: 0,
    memoryLimit: () => Infinity,
    unreadLimit: Infinity,
    logger: { log: (line: string) => told.push(line), error: (line: string) => told.push(line) },
    start: () => {
      const args = ['--input-type=module', '--eval', source];
      processes.push(spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'ipc'], serialization: 'advanced' }));
      return processes.at(-1)!;
    },
    ...options,
  });
}

/** What the process answers to a body, sent a letter a chunk. */
async function ask(replay: ReplayProcess, text: string): Promise<string> {
  const body = replay.body();
  if (body === undefined) throw new Error('it does not serve');
  for (const letter of text) body.add(Buffer.from(letter));
  const head = { method: 'POST', url: '/s', headers: {}, remoteAddress: '192.0.2.1', receivedAt: 0 };
  const answer = await body.finish().answer(head);
  return answer.body.toString();
}

const untilItServes = (replay: ReplayProcess) => expect.poll(() => replay.serves, { timeout: 10_000, interval: 5 }).toBe(true);
const untilTold = (text: string) => expect.poll(() => told.join(), { timeout: 10_000, interval: 5 }).toContain(text);

async function valueOf(replay: ReplayProcess, name: string): Promise<number> {
  const line = (await replay.metricsText()).split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1));
}

beforeEach(() => {
  [processes, told, limits] = [[], [], new SharedLimits()];
});
afterEach(() =>
  Promise.all(
    processes.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }),
  ),
);

describe('ReplayProcess', () => {
  it('starts with the first that asks, who does not wait for it', async () => {
    const replay = open();
    expect(processes).toHaveLength(0);
    expect(replay.serves).toBe(false);
    await untilItServes(replay);
    expect([processes.length, told]).toEqual([1, ['recordings have a process of their own']]);
  });

  it('answers each request with what the process says to its body', async () => {
    const replay = open();
    await untilItServes(replay);
    expect(await Promise.all(['one', 'two', 'three'].map((text) => ask(replay, text)))).toEqual(['one', 'two', 'three']);
  });

  it('lets go of a body that is off', async () => {
    const replay = open();
    await untilItServes(replay);
    const body = replay.body()!;
    body.add(Buffer.from('rest'));
    expect(await ask(replay, 'how many')).toBe('1');
    body.clear();
    body.clear();
    expect(await ask(replay, 'how many')).toBe('0');
  });

  it('adds up what both have counted, and keeps what a dead one had', async () => {
    const replay = open();
    await untilItServes(replay);
    expect(await valueOf(replay, 'events_total')).toBe(3);
    await expect(ask(replay, 'die')).rejects.toThrow('transient error');
    expect(await valueOf(replay, 'events_total')).toBe(3);
    expect(await valueOf(replay, 'capture_replay_thread_up')).toBe(0);
    expect(await valueOf(replay, 'capture_replay_thread_starts_total')).toBe(1);
    expect(await valueOf(replay, 'capture_replay_thread_requests_total')).toBe(1);
    expect((await replay.metrics()).find(({ name }) => name === 'events_total')?.values).toEqual([{ labels: {}, value: 3 }]);
  });

  it('leaves nothing out that the process has of its own', async () => {
    const gauge = new Gauge({ name: 'started_seconds', help: 'h', aggregator: 'omit' });
    gauge.set(5);
    const replay = open();
    await untilItServes(replay);
    const values = [await valueOf(replay, 'started_seconds'), await valueOf(replay, 'events_total')];
    register.removeSingleMetric('started_seconds');
    expect(values).toEqual([5, 3]);
  });

  it('that dies takes its requests with it and holds nothing any more; the next one starts a while later', async () => {
    const replay = open();
    await untilItServes(replay);
    await ask(replay, 'hold');
    await expect.poll(() => limits.of('queue').others, { interval: 1 }).toBe(1000);
    await expect(Promise.all([ask(replay, 'die'), ask(replay, 'one')])).rejects.toMatchObject({ code: 'transient' });
    expect([replay.serves, processes.length, limits.of('queue').others]).toEqual([false, 1, 0]);
    await expect
      .poll(() => told.at(-1))
      .toBe('the process of recordings has ended: exit code 3; the next one starts in 0.5 s at the earliest');
    await untilItServes(replay);
    expect(processes).toHaveLength(2);
  });

  it('refuses a request that the process failed at, and goes on', async () => {
    const replay = open();
    await untilItServes(replay);
    await expect(ask(replay, 'fail')).rejects.toMatchObject({ code: 'internal' });
    expect(await ask(replay, 'one')).toBe('one');
  });

  it('is ended when it says nothing, whatever it does, and all it had is gone', async () => {
    const replay = open({ patienceMs: 1500 });
    await untilItServes(replay);
    const late = replay.body()!;
    const hanging = expect(ask(replay, 'hang')).rejects.toMatchObject({ code: 'transient' });
    await untilTold('ended: it said nothing for 1.5 s; the next one starts in 0.5 s');
    await hanging;
    expect([replay.serves, processes[0].signalCode]).toEqual([false, 'SIGKILL']);
    late.add(Buffer.from('rest'));
    late.clear();
    const head = { method: 'POST', url: '/s', headers: {}, remoteAddress: undefined, receivedAt: 0 };
    await expect(late.answer(head)).rejects.toMatchObject({ code: 'transient' });
    expect(await valueOf(replay, 'capture_replay_thread_ends_total{reason="silent"}')).toBe(1);
    // The next one may serve by now, which is told too.
    expect(told.filter((line) => line.includes('it said nothing'))).toHaveLength(1);
  }, 20_000);

  it.skipIf(process.platform !== 'linux')(
    'is ended when it has more of the memory than it may',
    async () => {
      const replay = open({ memoryLimit: () => 250 * 2 ** 20 });
      await untilItServes(replay);
      await expect(Promise.all([ask(replay, 'take'), ask(replay, 'hang')])).rejects.toMatchObject({ code: 'transient' });
      await untilTold('MiB of memory, of at most 250 MiB; the next one');
      expect(await valueOf(replay, 'capture_replay_thread_ends_total{reason="memory"}')).toBe(1);
    },
    20_000,
  );

  it('gets no more while it does not read, and is ended when what it was sent is more than bodies may hold', async () => {
    const replay = open({ unreadLimit: 80 * 2 ** 20 });
    await untilItServes(replay);
    const [late, hanging] = [replay.body()!, expect(ask(replay, 'hang')).rejects.toMatchObject({ code: 'transient' })];
    // Of clients that have gone since: nobody counts it any more.
    for (let i = 0; i < 7; i++) late.add(Buffer.alloc(10 * 2 ** 20));
    late.clear();
    expect([replay.serves, processes[0].signalCode]).toEqual([false, null]);
    for (let i = 0; i < 2; i++) late.add(Buffer.alloc(10 * 2 ** 20));
    await untilTold('ended: it did not read what it was sent');
    await hanging;
  }, 20_000);

  it('gets no more while it does not read what are many small pieces either', async () => {
    const replay = open();
    await untilItServes(replay);
    const [late, hanging] = [replay.body()!, expect(ask(replay, 'hang')).rejects.toMatchObject({ code: 'transient' })];
    for (let i = 0; i < 110_000; i++) late.add(Buffer.of(1));
    expect(replay.serves).toBe(false);
    await untilTold('ended: it did not read what it was sent');
    await hanging;
  }, 20_000);

  it('that cannot be started costs nothing but a line', async () => {
    for (const start of [() => spawn('/nowhere/node', { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'ipc'] }), () => spawn('a\0b')]) {
      const replay = open({ start });
      expect(replay.serves).toBe(false);
      await untilTold('the next one starts in 0.5 s');
      expect(await valueOf(replay, 'capture_replay_thread_ends_total{reason="start"}')).toBe(1);
      told = [];
    }
  });

  it('that cannot start says why, and is tried again later and later', async () => {
    const replay = open({}, 'process.exit(4)');
    expect(replay.serves).toBe(false);
    await untilTold('ended: exit code 4; the next one starts in 0.5 s');
    await expect.poll(() => replay.serves || processes.length > 1, { timeout: 5000 }).toBe(true);
    await untilTold('the next one starts in 1 s');
    await expect(ask(replay, 'one')).rejects.toThrow('it does not serve');
  });

  it('stops when it has said what it knows, and never starts again', async () => {
    const replay = open();
    await replay.stop();
    expect(replay.serves).toBe(false);
    const other = open();
    await untilItServes(other);
    await other.stop();
    expect([other.serves, processes.length, told]).toEqual([false, 1, ['recordings have a process of their own']]);
  });
});
