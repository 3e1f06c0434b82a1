import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureError } from '@app/event';
import { SeededRandom } from '@app/testing';
import { bombOf } from '../hostile/bombs/bomb.js';
import type { WireAnswer } from '../corpus/runner.js';
import { anEventBody, counter, openGateway, post, type Gateway } from './gateway.js';

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
/** Each takes up to a second. */
const BOMBS = Number(process.env.FUZZ_BOMBS ?? 20);
const SIZES = { least: 1_000_000, most: 60_000_000 };
const STATUSES = [200, 204, 400, 401, 413, 415];
const TRY_AGAIN = new CaptureError('transient').message;

describe(`${BOMBS} bodies of 1 to 60 MB, each one text again and again (FUZZ_SEED=${SEED} repeats them)`, () => {
  let gateway: Gateway;
  let produced = 0;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  it('get a reasoned answer, and give back what they reserved', { timeout: 60_000 + BOMBS * 20_000 }, async () => {
    const complaints: string[] = [];
    for (let i = 0; i < BOMBS; i++) {
      const { name, request } = await bombOf(new SeededRandom(SEED + i), SIZES);
      const complaint = complaintOf(await gateway.send(request));
      if (complaint !== undefined) complaints.push(`bomb ${i} of seed ${SEED}, ${name}: ${complaint}`);
      produced += gateway.taken().filter(({ route }) => route !== 'heatmaps').length;
      const inFlight = await counter(gateway, 'capture_in_flight_bytes');
      if (inFlight !== 0) complaints.push(`bomb ${i} of seed ${SEED}, ${name}: ${inFlight} bytes are still reserved`);
    }
    expect(complaints).toEqual([]);
  });

  it('leave a ledger that balances', async () => {
    const sum = (name: string) => counter(gateway, `capture_events_${name}_total`);
    const [received, ingested, dropped, rejected] = await Promise.all([sum('received'), sum('ingested'), sum('dropped'), sum('rejected')]);
    expect(received).toBe(ingested + dropped + rejected);
    expect(produced > 0).toBe(ingested > 0);
  });

  it('leave a gateway that serves', async () => {
    const answer = await gateway.send(post('/e/', anEventBody()));
    expect([answer.status, gateway.taken().length]).toEqual([200, 1]);
  });
});

function complaintOf({ status, headers, body }: WireAnswer): string | undefined {
  if (status === 503 && (body.startsWith(TRY_AGAIN) || body.includes('service_unavailable')) && headers['retry-after'] !== undefined)
    return undefined;
  return STATUSES.includes(status) ? undefined : `status ${status} ${body.slice(0, 200)}`;
}
