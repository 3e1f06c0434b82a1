import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REJECTIONS } from '@app/event';
import { SeededRandom } from '@app/testing';
import type { WireAnswer, WireRequest } from '../corpus/runner.js';
import { anEventBody, counter, openGateway, post, type Gateway } from './gateway.js';
import { hostileRequest } from './hostile-request.js';

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 10_000);
const STATUSES = [200, 204, 400, 401, 404, 405, 413];
const TEXTS = Object.values(REJECTIONS);
/** Grows by what the engine keeps for itself: compiled code, inline caches. */
const HEAP_MIB = 48;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe(`${REQUESTS} hostile requests (FUZZ_SEED=${SEED} repeats them)`, () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown) => unhandled.push(reason);
  let gateway: Gateway;
  let produced = 0;

  beforeAll(async () => {
    process.on('unhandledRejection', onUnhandled);
    gateway = await openGateway();
  });
  afterAll(async () => {
    process.off('unhandledRejection', onUnhandled);
    await gateway.close();
  });

  it('gets a reasoned answer to each, and gives its memory back', { timeout: 120_000 }, async () => {
    const complaints: string[] = [];
    let heapBefore = 0;
    for (let i = 0; i < REQUESTS; i++) {
      // Each has a seed of its own: one request can be repeated without the others.
      const request = hostileRequest(new SeededRandom(SEED + i));
      const answer = await gateway.send(request);
      const complaint = complaintOf(answer);
      if (complaint !== undefined) complaints.push(`request ${i} of seed ${SEED}: ${complaint} to ${describeRequest(request)}`);
      produced += gateway.taken().length;
      if (i === Math.floor(REQUESTS / 5)) heapBefore = usedMib();
    }
    expect(complaints.slice(0, 10)).toEqual([]);
    expect(usedMib() - heapBefore, `MiB more than after a fifth of the requests, seed ${SEED}`).toBeLessThan(HEAP_MIB);
    expect(produced).toBeGreaterThan(REQUESTS / 10);
  });

  it('leaves no rejection unhandled', () => {
    expect(unhandled).toEqual([]);
  });

  it('leaves a ledger that balances: every event received is accounted for', async () => {
    const sum = (name: string) => counter(gateway, `capture_events_${name}_total`);
    const [received, ingested, spooled, dropped, rejected] = await Promise.all([
      sum('received'),
      sum('ingested'),
      sum('spooled'),
      sum('dropped'),
      sum('rejected'),
    ]);
    expect({ received, ingested }).toEqual({ received: ingested + spooled + dropped + rejected, ingested: produced });
    expect(dropped).toBeGreaterThan(0);
    expect(rejected).toBeGreaterThan(0);
  });

  it('gives back every byte that requests reserved', async () => {
    expect(await counter(gateway, 'capture_in_flight_bytes')).toBe(0);
  });

  it('leaves a gateway that serves', async () => {
    const answer = await gateway.send(post('/e/', anEventBody()));
    expect([answer.status, gateway.taken().length]).toEqual([200, 1]);
  });
});

function complaintOf({ status, headers, body }: WireAnswer): string | undefined {
  if (!STATUSES.includes(status)) return `status ${status} ${body.slice(0, 200)}`;
  if (status < 400) return undefined;
  if (!headers['content-type']?.startsWith('text/plain')) return `content type ${headers['content-type']} with ${status}`;
  if (/\n\s+at /.test(body)) return `a stack: ${body.slice(0, 300)}`;
  return TEXTS.some((text) => body.startsWith(text)) ? undefined : `text ${JSON.stringify(body.slice(0, 200))} with ${status}`;
}

function describeRequest({ method, url, headers, body }: WireRequest): string {
  return `${method} ${url} ${JSON.stringify(headers).slice(0, 300)} ${JSON.stringify(body?.toString('latin1').slice(0, 200))}`;
}

function usedMib(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}
