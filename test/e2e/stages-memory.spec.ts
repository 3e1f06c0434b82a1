import { setImmediate as nextTurn } from 'node:timers/promises';
import { getToken } from '@willsoto/nestjs-prometheus';
import { allocatedBy, collectGarbage, heldBytes } from '@app/testing';
import type { Gauge } from 'prom-client';
import { afterAll, describe, expect, it } from 'vitest';
import type { WireRequest } from '../corpus/runner.js';
import { COMMON_PER_BYTE, STAGES, stageRequest, type Stage } from '../hostile/stages.js';
import { counter, openGateway, type Gateway } from './gateway.js';

const MB = 1_000_000;
/** With STAGES_MB=60 it is what the routes take, which needs some minutes. */
const MOST = Number(process.env.STAGES_MB ?? 2) * MB;
/** What a request costs whatever its size, and the blocks in which V8 hands out its heap. */
const BASE = MB;
/** No bound, but nothing can interrupt what is quadratic, and four times as much would take sixteen times as long. */
const ENDLESS_MICROSECONDS = 5e6;

const gateways = new Map<string, Gateway>();
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.close();
});

async function gatewayFor({ env = {} }: Stage): Promise<Gateway> {
  const key = JSON.stringify(env);
  if (!gateways.has(key)) gateways.set(key, await openGateway(env));
  return gateways.get(key)!;
}

describe(`each stage of decoding allocates a few bytes a byte, whatever is repeated, up to ${MOST} bytes`, () => {
  it.each(STAGES)('$name', { timeout: 120_000 }, async (stage) => {
    const { perByte = COMMON_PER_BYTE } = stage;
    const gateway = await gatewayFor(stage);
    for (const bytes of [MOST / 4, MOST / 2, MOST]) {
      const request = await stageRequest(stage, bytes);
      const { heap, external, total } = await allocatedBy(async () => {
        const before = process.cpuUsage().user;
        await gateway.send(request);
        gateway.taken();
        if (process.cpuUsage().user - before > ENDLESS_MICROSECONDS) throw new Error(`${bytes} bytes seem to take for ever`);
      }, 1);
      const told = `${bytes} bytes: ${heap} of heap, ${external} external`;
      if (process.env.STAGES_REPORT !== undefined) console.log(`${stage.name}: ${(total / bytes).toFixed(1)} bytes a byte, ${told}`);
      expect((total - BASE) / bytes, told).toBeLessThan(perByte);
    }
  });
});

/** Large enough to take turns, so that somebody can look in between. */
const LARGE = 20 * MB;
/** Bytes held for each byte reserved: what is reserved for is held, and little else. */
const MOST_HELD = 1.25;
const SLACK = 16 * MB;
const LOOKED_INTO = [
  'JSON: one text',
  'JSON: members',
  'repair: NaN',
  'gzip: of JSON',
  'gzip: of blanks',
  'batch: again and again',
  'recording: items',
  'recording: metadata',
  'strict: gzip',
  'strict: br',
];

describe('what requests hold is what they have reserved', () => {
  it.each(STAGES.filter(({ name }) => LOOKED_INTO.includes(name)))('$name', { timeout: 120_000 }, async (stage) => {
    const gateway = await gatewayFor(stage);
    const request = await stageRequest(stage, stage.name === 'strict: gzip' ? 2 * LARGE : LARGE);
    await gateway.send(await stageRequest(stage, MB));
    gateway.taken();
    const seen = await lookInto(gateway, request);
    gateway.taken();
    for (const { held, reserved } of seen)
      expect({ held, reserved, isOver: held > reserved * MOST_HELD + SLACK }).toMatchObject({ isOver: false });
    expect(await counter(gateway, 'capture_in_flight_bytes')).toBe(0);
    collectGarbage();
  });

  it('and no request makes more events than it may have', async () => {
    const stage = STAGES.find(({ name }) => name === 'batch: again and again')!;
    const gateway = await gatewayFor(stage);
    const before = await counter(gateway, 'capture_events_received_total');
    await gateway.send(await stageRequest(stage, LARGE));
    gateway.taken();
    expect((await counter(gateway, 'capture_events_received_total')) - before).toBeLessThanOrEqual(10_000);
  });
});

const LOOK_EVERY_MS = 30;

/** Bytes in use, and reserved, at some of the turns that the event loop takes while a request is worked on. */
async function lookInto(gateway: Gateway, request: WireRequest) {
  const gauge = gateway.app.get<Gauge>(getToken('capture_in_flight_bytes'));
  const reservedNow = async () => (await gauge.get()).values[0].value;
  const before = heldBytes();
  const seen: { held: number; reserved: number }[] = [];
  const done = new AbortController();
  const answered = gateway.send(request).finally(() => done.abort());
  for (let last = -Infinity; !done.signal.aborted; await nextTurn()) {
    if (performance.now() - last < LOOK_EVERY_MS) continue;
    const reserved = await reservedNow();
    if (reserved > 0 && !done.signal.aborted) seen.push({ held: heldBytes() - before, reserved });
    last = performance.now();
  }
  await answered;
  return seen;
}
