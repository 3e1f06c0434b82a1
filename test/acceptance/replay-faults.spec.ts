import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EphemeralTopic, startGateway, type Gateway } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const HOSTS = process.env.KAFKA_HOSTS ?? '';
const LANES = ['', '_OVERFLOW', '_HISTORICAL', '_ERROR_TRACKING', '_HEATMAPS', '_CLIENT_INGESTION_WARNING', '_DLQ', '_REPLAY_OVERFLOW'];
const FAULTS = pathToFileURL(join(import.meta.dirname, 'fixtures/replay-faults.mjs')).href;
const PATIENT = { timeout: 40_000, interval: 50 };
const MIB = 2 ** 20;
/** What the serving process may have more of the memory after a fault than before: its heap breathes. */
const BREATH_BYTES = 64 * MIB;

let topic: EphemeralTopic;
let gateway: Gateway;

function open(): Promise<Gateway> {
  const lanes = Object.fromEntries(LANES.map((lane) => [`KAFKA${lane}_TOPIC`, topic.name]));
  return startGateway({
    env: {
      ...lanes,
      KAFKA_HOSTS: HOSTS,
      KAFKA_REPLAY_TOPIC: topic.name,
      REPLAY_THREAD: 'on',
      NODE_OPTIONS: `--import=${FAULTS}`,
      LIVENESS_LOOP_PATIENCE_MS: '7000',
      // What the process may hold, and so what it may have of the memory, follows from these.
      MAX_INFLATED_BYTES: String(20 * MIB),
      MAX_IN_FLIGHT_BYTES: String(64 * MIB),
      KAFKA_PRODUCER_QUEUE_MIB: '32',
    },
  });
}

beforeAll(async () => {
  topic = await EphemeralTopic.create(HOSTS);
  gateway = await open();
});
afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await topic.delete();
});

async function record(session: string, headers: Record<string, string> = {}): Promise<number> {
  const properties = { token: 'phc_x', distinct_id: 'd', $session_id: session, $snapshot_data: [{ type: 3 }] };
  const body = JSON.stringify({ event: '$snapshot', properties });
  return (await fetch(`${gateway.url}/s/`, { method: 'POST', headers, body })).status;
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')
      .at(-1),
  );
}

/** The process of recordings, and any other one that the gateway has started. */
function children(): number[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.filter((pid) => parentOf(pid) === gateway.pid).map(Number);
}

function parentOf(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')[1]);
  } catch {
    return -1;
  }
}

/** Z for one that has ended, and is waited for by nobody; nothing where there is none. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1][0];
  } catch {
    return '';
  }
}

function residentBytes(): number {
  return Number(readFileSync(`/proc/${gateway.pid}/statm`, 'latin1').split(' ')[1]) * 4096;
}

const endsSaid = () =>
  gateway
    .logs()
    .split('\n')
    .filter((line) => line.includes('the process of recordings has ended'));
const ends = (reason: string) => metric(`capture_replay_thread_ends_total{reason="${reason}"}`);
const untilUp = () =>
  expect
    .poll(async () => {
      expect(await record('start')).toBe(200);
      return metric('capture_replay_thread_up');
    }, PATIENT)
    .toBe(1);

describe.skipIf(process.platform !== 'linux')('a process of recordings that', () => {
  it.each([
    ['spins in native code', 'spin', 'silent'],
    ['hangs', 'wait', 'silent'],
    ['needs more than its heap', 'parse', 'memory'],
    ['takes all memory beside its heap', 'external', 'memory'],
    ['crashes', 'crash', 'crash'],
  ])('%s is gone for certain, with all that it had: the gateway lives, and takes recordings', async (_, fault, reason) => {
    await untilUp();
    const [before, residentBefore, said, [pid]] = [await ends(reason), residentBytes(), endsSaid().length, children()];
    const with503 = Promise.all([record('lost', { 'x-fault': fault }), record('beside')]);
    await expect.poll(() => ends(reason), PATIENT).toBe(before + 1);
    expect((await with503)[0]).toBe(503);
    expect(children()).not.toContain(pid);
    expect(await record(`after-${fault}`)).toBe(200);
    expect(residentBytes() - residentBefore).toBeLessThan(BREATH_BYTES);
    await untilUp();
    expect(await record(`again-${fault}`)).toBe(200);
    expect([children().length, endsSaid().length]).toEqual([1, said + 1]);
    const keys = (await topic.read()).map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining([`after-${fault}`, `again-${fault}`]));
    expect(keys).not.toContain('lost');
  });

  it('was one of these leaves nothing that is counted as held', async () => {
    expect(await metric('capture_in_flight_bytes')).toBe(0);
  });

  it('spins does not outlive a gateway that is killed', async () => {
    await untilUp();
    const [child] = children();
    const lost = record('lost', { 'x-fault': 'spin' }).catch(() => 'gone');
    await expect.poll(() => stateOf(child), PATIENT).toBe('R');
    await gateway.stop('SIGKILL');
    expect(await lost).toBe('gone');
    await expect.poll(() => stateOf(child), PATIENT).toMatch(/^[ZX]?$/);
    gateway = await open();
  });
});
