import { SeededRandom } from '@app/testing';
import { ANY, sendingOne, type HostileCase } from '../cases/case.js';
import { bombOf } from './bomb.js';

const SIZES = { least: 1_000_000, most: 95_000_000 };

/** So many bombs; each has a seed of its own, so that one can be repeated without the others. */
export function bombCases(seed: number, count: number): HostileCase[] {
  return Array.from({ length: count }, (_, i) => ({
    group: 'bombs',
    name: `seed ${seed + i}`,
    statuses: ANY,
    isShort: true,
    prepare: async () => {
      const { name, request } = await bombOf(new SeededRandom(seed + i), SIZES);
      return { ...sendingOne(request), told: name };
    },
  }));
}
