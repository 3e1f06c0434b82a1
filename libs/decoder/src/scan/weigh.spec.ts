import { describe, expect, it } from 'vitest';
import { CaptureError } from '@app/event';
import { scanPayload, type ScannedPayload } from './scan-payload.js';
import { MAX_METADATA_BYTES } from './weigh.js';

const LIMITS = { maxDepth: 9, maxEvents: 9, event: { maxBytes: 500_000, variable: 'THE_LIMIT' } };
const scan = (text: string): ScannedPayload => scanPayload(Buffer.from(text), LIMITS);
const problemOf = (text: string) => scan(text).events[0].problem;

function refusal(text: string): string {
  try {
    return `took ${scan(text).events.length} events`;
  } catch (error) {
    if (error instanceof CaptureError) return error.message;
    throw error;
  }
}

const filled = (bytes: number, around: string) => `${around.slice(0, -2)}${'x'.repeat(bytes - around.length)}${around.slice(-2)}`;

describe('the weight of an event', () => {
  it('may be the limit, and no byte more', () => {
    expect(problemOf(filled(500_000, '{"a":""}'))).toBeUndefined();
    expect(problemOf(filled(500_001, '{"a":""}'))).toMatchObject({
      cause: 'event_too_big',
      rejection: 'event_too_big',
      detail: 'event 0: it has 500001 bytes, the limit is 500000 (THE_LIMIT)',
    });
  });

  it('may be more for an AI event, where these have a limit of their own', () => {
    const ai = { maxBytes: 600_000, variable: 'THE_AI_LIMIT', has: (name: string) => name === '$ai_span' };
    const withAi = { ...LIMITS, event: { ...LIMITS.event, ai } };
    const problem = (text: string) => scanPayload(Buffer.from(text), withAi).events[0].problem?.detail;
    const named = (name: string, bytes: number) => filled(bytes, `{"event":${name},"a":""}`);
    expect(problem(named('"$ai_span"', 600_000))).toBeUndefined();
    expect(problem(named('"\\u0024ai_span"', 600_000))).toBeUndefined();
    expect(problem(named('"$ai_span"', 600_001))).toBe('event 0: it has 600001 bytes, the limit is 600000 (THE_AI_LIMIT)');
    for (const name of ['"e"', '7', 'null', `"$ai_span${'x'.repeat(300)}"`])
      expect(problem(named(name, 500_001))).toBe('event 0: it has 500001 bytes, the limit is 500000 (THE_LIMIT)');
    expect(problem(filled(500_001, '{"a":""}'))).toContain('(THE_LIMIT)');
    const heatmap = `{"event":"$ai_span","properties":{"$heatmap_data":["${'x'.repeat(500_000)}"]}}`;
    expect(problem(heatmap)).toContain('(THE_LIMIT)');
  });

  it('does not count its recording, nor its heatmap, which has the limit for itself', () => {
    const large = (bytes: number) => `["${'x'.repeat(bytes - 4)}"]`;
    expect(problemOf(`{"event":"$snapshot","properties":{"$snapshot_data":${large(900_000)}}}`)).toBeUndefined();
    expect(problemOf(`{"event":"e","properties":{"$heatmap_data":${large(500_000)}}}`)).toBeUndefined();
    expect(problemOf(`{"event":"e","properties":{"$heatmap_data":${large(500_001)}}}`)?.detail).toBe(
      'event 0: "$heatmap_data" has 500001 bytes, the limit is 500000 (THE_LIMIT)',
    );
    // Of two the last one counts, and the first is like anything else.
    const twice = `{"properties":{"$heatmap_data":${large(499_990)},"$heatmap_data":${large(499_990)}}}`;
    expect(problemOf(twice)?.detail).toMatch(/^event 0: it has \d+ bytes/);
  });

  it('is 256 KiB at most for what of a recording is no recording', () => {
    const recording = (bytes: number) => filled(bytes, '{"event":"$snapshot","properties":{"$snapshot_data":[]},"a":""}');
    // The recording's two brackets are not counted.
    expect(problemOf(recording(MAX_METADATA_BYTES + 2))).toBeUndefined();
    expect(problemOf(recording(MAX_METADATA_BYTES + 3))?.detail).toBe(
      `event 0: without its recording it has ${MAX_METADATA_BYTES + 1} bytes, the limit is ${MAX_METADATA_BYTES} (fixed)`,
    );
  });

  it('costs a batch no more than that event', () => {
    const { events } = scan(`[{"event":"a"},${filled(500_001, '{"a":""}')},{"event":"b"}]`);
    expect(events.map(({ problem }) => problem?.cause)).toEqual([undefined, 'event_too_big', undefined]);
  });
});

describe('what stands beside a batch', () => {
  const body = (bytes: number) => filled(bytes, '{"api_key":"t","batch":[{"event":"e"}],"a":""}').replaceAll('""}', '"}');

  it('may have 256 KiB', () => {
    const batch = '[{"event":"e"}]'.length;
    expect(refusal(body(MAX_METADATA_BYTES + batch))).toBe('took 1 events');
    expect(refusal(body(MAX_METADATA_BYTES + batch + 1))).toBe(
      `maximum event size exceeded: beside "batch" there are ${MAX_METADATA_BYTES + 1} bytes, the limit is ${MAX_METADATA_BYTES} (fixed)`,
    );
  });
});

describe('events', () => {
  it('are counted over all batches of a body', () => {
    const batch = (events: number) => `"batch":[${Array(events).fill('{}').join(',')}]`;
    expect(refusal(`{"api_key":"t",${batch(5)},${batch(4)}}`)).toBe('took 4 events');
    expect(refusal(`{"api_key":"t",${batch(5)},${batch(5)}}`)).toBe(
      'maximum event size exceeded: request holds more than 9 events (MAX_EVENTS_PER_REQUEST)',
    );
  });
});

describe('ids that are no strings', () => {
  it('may have a mebibyte in a request, and events beyond are named', () => {
    const id = `[${'1,'.repeat(7000)}1]`;
    const many = (count: number) => scan(`[${Array(count).fill(`{"event":"e","distinct_id":${id}}`).join(',')}]`);
    const { events } = scanPayload(Buffer.from(`[${Array(80).fill(`{"event":"e","distinct_id":${id}}`).join(',')}]`), {
      maxDepth: 9,
      maxEvents: 99,
    });
    expect(many(9).events.every(({ problem }) => problem === undefined)).toBe(true);
    const first = Math.floor((1024 * 1024) / id.length);
    expect(events[first - 1].problem).toBeUndefined();
    expect(events[first].problem).toMatchObject({
      cause: 'distinct_id_too_big',
      detail: `event ${first}: ids that are no strings have more than 1048576 bytes in this request`,
    });
  });
});
