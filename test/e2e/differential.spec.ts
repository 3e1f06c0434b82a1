import { describe, expect, it } from 'vitest';
import { run } from '../differential/run.js';

const SEED = Number(process.env.DIFF_SEED ?? Date.now() % 1_000_000);
const ONE = process.env.DIFF_CASE === undefined ? undefined : Number(process.env.DIFF_CASE);
const CASES = ONE === undefined ? Number(process.env.DIFF_CASES ?? 20_000) : 1;
/** What a run of any size must come across, or the generator no longer reaches it. */
const REASONS = [
  'undecodable',
  'unparsable',
  'empty_batch',
  'payload_too_big',
  'mixed_tokens',
  'invalid_token',
  'missing_token',
  'malformed_event',
  'missing_distinct_id',
  'missing_event_name',
  'invalid_cookieless_mode',
  'invalid_uuid',
  'performance_event',
];

describe(`the fast path and the reference on ${CASES} requests (DIFF_SEED=${SEED} repeats them)`, () => {
  it('agree byte for byte on envelopes, keys, headers, routes, drops and refusals', { timeout: 30_000 + CASES * 10 }, async () => {
    const { cases, accepted, reasons, mismatches } = await run(SEED, ONE ?? 0, CASES, CASES > 20_000 ? report : undefined);
    if (CASES > 20_000)
      process.stdout.write(`${accepted} accepted; ${[...reasons].map(([reason, count]) => `${reason} ${count}`).join(', ')}\n`);
    expect(mismatches.join('\n\n')).toBe('');
    expect(cases).toBe(CASES);
    if (CASES < 10_000) return;
    expect(accepted).toBeGreaterThan(CASES / 3);
    expect([...reasons.keys()]).toEqual(expect.arrayContaining(REASONS));
  });
});

function report(done: number): void {
  process.stdout.write(`${done} of ${CASES} cases agree\n`);
}
