import { describe, expect, it } from 'vitest';
import { SeededRandom } from '@app/testing';
import { wireLimit, type Route } from '../request.js';
import { bombOf } from './bomb.js';

const SIZES = { least: 10_000, most: 3_000_000 };

describe('a bomb', () => {
  it('is the same for the same seed', async () => {
    const [one, other] = await Promise.all([bombOf(new SeededRandom(7), SIZES), bombOf(new SeededRandom(7), SIZES)]);
    expect(other).toEqual({ ...one, request: { ...one.request, headers: other.request.headers } });
  });

  it('fits on the wire of its route, and comes in every shape', async () => {
    const routes = new Set<string>();
    const codings = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const { name, request } = await bombOf(new SeededRandom(seed), SIZES);
      expect(name).not.toBe('');
      const route = request.url.split('?')[0] as Route;
      expect(request.body?.length ?? 0).toBeLessThanOrEqual(wireLimit(route));
      expect(request.url.length).toBeLessThan(61_000);
      routes.add(route);
      codings.add(request.headers['content-encoding'] ?? '');
    }
    expect(routes.size).toBe(9);
    expect(codings.size).toBeGreaterThan(5);
  });
});
