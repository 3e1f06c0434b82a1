import { describe, expect, it } from 'vitest';
import { requestsOf } from './requests.js';

const SHAPE = { batch: 10, bytes: 1000, ids: 30, projects: 4 };

describe('requests that are made to measure', () => {
  it('are as large as they should be, whatever the size', () => {
    for (const bytes of [200, 1000, 100_000]) {
      const { body } = parse(requestsOf({ load: { ...SHAPE, bytes } })());
      expect(body.batch).toHaveLength(10);
      expect(Math.abs(JSON.stringify(body.batch[0]).length - bytes)).toBeLessThan(40);
    }
  });

  it('say how long they are', () => {
    const request = requestsOf({ load: SHAPE })();
    const { head, rest } = parse(request);
    expect(Number(/content-length: (\d+)/.exec(head)?.[1])).toBe(rest.length);
  });

  it('name each distinct id once before any comes again', () => {
    const next = requestsOf({ load: SHAPE });
    const ids = Array.from({ length: 6 }, () => parse(next()).body.batch.map(({ distinct_id }) => distinct_id)).flat();
    expect(new Set(ids.slice(0, 30)).size).toBe(30);
    expect(new Set(ids).size).toBe(30);
  });

  it('let projects take turns', () => {
    const next = requestsOf({ load: SHAPE });
    const tokens = Array.from({ length: 8 }, () => parse(next()).body.api_key);
    expect(new Set(tokens.slice(0, 4)).size).toBe(4);
    expect(tokens.slice(4)).toEqual(tokens.slice(0, 4));
  });

  it('leave the bytes of the ones before alone', () => {
    const next = requestsOf({ load: SHAPE });
    const first = next();
    const copy = Buffer.from(first);
    for (let i = 0; i < 20; i++) next();
    expect(first.equals(copy)).toBe(true);
  });
});

function parse(request: Buffer) {
  const at = request.indexOf('\r\n\r\n');
  const rest = request.subarray(at + 4);
  const body = JSON.parse(rest.toString()) as { api_key: string; batch: { distinct_id: string; properties: object }[] };
  return { head: request.subarray(0, at).toString(), rest, body };
}
