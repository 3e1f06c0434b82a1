import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway, type Gateway } from '@app/testing';
import type { WireRequest } from '../../corpus/runner.js';
import type { HostileCase } from '../cases/case.js';
import { HEAP_OPTIONS } from '../limits.js';
import { exchange, type Answer } from './exchange.js';
import { figuresOf, longestDelay, type Figures } from './process-figures.js';

export interface Outcome {
  readonly group: string;
  readonly name: string;
  readonly bytes: number;
  readonly isAlive: boolean;
  readonly answer: Answer;
  /** From the request's first byte until the process was idle again. */
  readonly cpuSeconds: number;
  /** Undefined when nobody could be asked any more. */
  readonly loopMs: number | undefined;
  readonly peakMib: number;
  /** Those sent meanwhile: the worst of them. */
  readonly honest: Answer;
  /** Bytes that are still reserved once all is answered; undefined when nobody could be asked. */
  readonly inFlight: number | undefined;
  /** Events durable since the start, less those of the honest requests meanwhile. */
  readonly stored: number | undefined;
  /** The end of what a dead process had to say. */
  readonly lastWords: string;
}

export interface RunOptions {
  readonly answerMs: number;
  /** How to reach brokers, for the cases that need some. */
  readonly kafkaEnv?: Readonly<Record<string, string>>;
}

const HONEST_EVERY_MS = 40;
const QUIET_MS = 300;
const QUIET_CPU_SECONDS = 0.03;

/** Starts a gateway, sends it the case, and honest requests at the same time; ends it. */
export async function runCase(hostile: HostileCase, { answerMs, kafkaEnv }: RunOptions): Promise<Outcome> {
  const sending = await hostile.prepare();
  const honest = (await hostile.honest?.()) ?? (hostile.hasReplayThread === true ? aRecording() : anEvent());
  const probe = join(tmpdir(), `inlet-hostile-${randomUUID()}`);
  const gateway = await startGateway({ env: environmentOf(hostile, probe, kafkaEnv) });
  try {
    const port = Number(new URL(gateway.url).port);
    for (let i = 0; i < 10; i++) await exchange(port, honest, answerMs);
    if (hostile.hasReplayThread === true) await untilThreadServes(gateway);
    await longestDelay(probe, answerMs);
    const storedBefore = await storedBy(gateway, honest);
    const watch = watchProcess(gateway.pid);
    const cpuBefore = watch.last().cpuSeconds;
    const meanwhile = sendMeanwhile(port, honest, answerMs);
    const answer = await sending.send(port, answerMs);
    const others = await meanwhile.end();
    await untilQuiet(gateway.pid, answerMs);
    const loopMs = await longestDelay(probe, answerMs / 4);
    const after = await untilReleased(gateway, honest, 3 * answerMs);
    const { cpuSeconds, peakMib } = watch.end();
    const isAlive = figuresOf(gateway.pid) !== undefined && loopMs !== undefined && after.inFlight !== undefined;
    const answered = others.filter(({ status }) => status === 200).length * after.eventsEach;
    return {
      group: hostile.group,
      name: sending.told === undefined ? hostile.name : `${hostile.name}: ${sending.told}`,
      bytes: sending.bytes,
      isAlive,
      answer,
      cpuSeconds: cpuSeconds - cpuBefore,
      loopMs,
      peakMib,
      honest: worstOf(others),
      inFlight: after.inFlight,
      stored: after.stored === undefined || storedBefore.stored === undefined ? undefined : after.stored - storedBefore.stored - answered,
      lastWords: isAlive ? '' : gateway.logs().slice(-4000),
    };
  } finally {
    await gateway.stop('SIGKILL');
  }
}

function environmentOf(hostile: HostileCase, probe: string, kafkaEnv?: Readonly<Record<string, string>>): Record<string, string> {
  const preload = `--import=${join(import.meta.dirname, 'probe.mjs')}`;
  return {
    NODE_OPTIONS: [...HEAP_OPTIONS, preload].join(' '),
    HOSTILE_PROBE: probe,
    LOG_LEVEL: 'warn',
    ...(hostile.hasReplayThread === true ? { ...kafkaEnv, REPLAY_THREAD: 'on' } : {}),
    ...hostile.env,
  };
}

/** The process may be gone when the case is over: what was seen last counts. */
function watchProcess(pid: number) {
  let last: Figures = figuresOf(pid) ?? { cpuSeconds: 0, peakMib: 0 };
  const look = (): void => void (last = figuresOf(pid) ?? last);
  const timer = setInterval(look, 25);
  return {
    last: () => last,
    end: () => {
      look();
      clearInterval(timer);
      return last;
    },
  };
}

function sendMeanwhile(port: number, honest: WireRequest, answerMs: number) {
  const answers: Answer[] = [];
  const over = new AbortController();
  const all = (async () => {
    do {
      answers.push(await exchange(port, honest, answerMs));
      await sleep(HONEST_EVERY_MS);
    } while (!over.signal.aborted);
    return answers;
  })();
  return {
    end: () => {
      over.abort();
      return all;
    },
  };
}

async function untilQuiet(pid: number, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (let before = figuresOf(pid); before !== undefined && performance.now() < deadline;) {
    await sleep(QUIET_MS);
    const now = figuresOf(pid);
    if (now === undefined || now.cpuSeconds - before.cpuSeconds < QUIET_CPU_SECONDS) return;
    before = now;
  }
}

/** The first recording is answered without the thread, which it starts. */
async function untilThreadServes(gateway: Gateway): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const page = await metricsOf(gateway);
    if (page !== undefined && sumOf(page, 'capture_replay_thread_up') > 0) return;
    await sleep(100);
  }
  throw new Error(`the thread of recordings did not come up:\n${gateway.logs()}`);
}

async function storedBy(gateway: Gateway, honest: WireRequest) {
  const page = await metricsOf(gateway);
  const eventsEach = honest.url === '/batch' ? 4000 : 1;
  if (page === undefined) return { stored: undefined, inFlight: undefined, eventsEach };
  const stored = sumOf(page, 'capture_events_ingested_total') + sumOf(page, 'capture_events_spooled_total');
  return { stored, inFlight: sumOf(page, 'capture_in_flight_bytes'), eventsEach };
}

/** What a client has sent is worked on when it has gone, too: on a busy machine for long. */
async function untilReleased(gateway: Gateway, honest: WireRequest, limitMs: number) {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const seen = await storedBy(gateway, honest);
    if (seen.inFlight === undefined || seen.inFlight === 0 || performance.now() > deadline) return seen;
    await sleep(QUIET_MS);
  }
}

async function metricsOf(gateway: Gateway): Promise<string | undefined> {
  try {
    const response = await fetch(`${gateway.url}/metrics`, { signal: AbortSignal.timeout(5000) });
    return await response.text();
  } catch {
    return undefined;
  }
}

function sumOf(page: string, name: string): number {
  const lines = page.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

function worstOf(answers: readonly Answer[]): Answer {
  return answers.toSorted((a, b) => Number(a.status === 200) - Number(b.status === 200) || b.ms - a.ms)[0];
}

function anEvent(): WireRequest {
  const body = Buffer.from('{"token":"phc_honest","event":"e","distinct_id":"d","properties":{"a":1}}');
  return { method: 'POST', url: '/e', headers: { 'content-type': 'application/json' }, body };
}

function aRecording(): WireRequest {
  const item = '{"type":3,"data":{"source":1},"timestamp":1700000000000}';
  const properties = `{"token":"phc_honest","distinct_id":"d","$session_id":"honest","$window_id":"w","$snapshot_data":[${item}]}`;
  const body = Buffer.from(`{"event":"$snapshot","properties":${properties}}`);
  return { method: 'POST', url: '/s', headers: { 'content-type': 'application/json' }, body };
}
