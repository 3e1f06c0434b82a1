import { describe, expect, it } from 'vitest';
import { ASSUMPTIONS } from './assumptions.js';
import { fleet, mixed, network, podsFor, type Assumptions } from './cost-model.js';

const PLAIN: Assumptions = {
  mix: { single: 0.25, batch100: 0.75 },
  utilisation: 0.5,
  zones: 2,
  utilisationInNeed: 0.8,
  podCpus: 2,
  podGiB: 3,
  podVolumeGiB: 10,
  dollarsPerCpuHour: 0.05,
  dollarsPerGiBHour: 0.01,
  dollarsPerVolumeGiBMonth: 0.1,
  hoursPerMonth: 100,
  dollarsPerCrossZoneGB: 0.02,
  crossZoneCopies: 1,
  lz4: 3,
  djangoPerRust: 10,
};

describe('the cost model', () => {
  it('weighs what an event costs by how it comes', () => {
    expect(mixed({ single: 40, batch100: 8 }, PLAIN)).toBe(16);
    expect(() => mixed({ single: 40 }, PLAIN)).toThrow('batch100');
  });

  it('keeps to the usual load', () => {
    // 1,000,000 × 8 µs = 8 CPUs of work = 4 pods; 8 at half load, 10 so that 5 carry it at 80 %.
    expect(podsFor(1_000_000, 8, PLAIN)).toBe(10);
    expect(podsFor(1_000_000, 8, { ...PLAIN, utilisationInNeed: 1 })).toBe(8);
  });

  it('has the same number in each zone, and never none', () => {
    expect(podsFor(1_000_000, 8, { ...PLAIN, zones: 3 })).toBe(9);
    expect(podsFor(1, 8, PLAIN)).toBe(2);
  });

  it('needs no more pods for exactly what fits', () => {
    expect(podsFor(300_000, 10, { ...PLAIN, utilisation: 0.3, podCpus: 1, utilisationInNeed: 1 })).toBe(10);
  });

  it('pays for CPU, memory and volumes', () => {
    // A pod: 100 h × (2 × 0.05 + 3 × 0.01) + 10 × 0.1 = 13 + 1.
    expect(fleet(10, PLAIN)).toEqual({ pods: 10, dollarsPerMonth: 140 });
    expect(fleet(10, PLAIN, false).dollarsPerMonth).toBe(130);
  });

  it('pays for what crosses zones: half of what is produced, and each copy', () => {
    const { gigabytesPerSecond, producingPerMonth, copyingPerMonth } = network(1_000_000, 1000, PLAIN);
    expect(gigabytesPerSecond).toBe(1);
    expect(producingPerMonth).toBeCloseTo(3600, 6);
    expect(copyingPerMonth).toBeCloseTo(7200, 6);
  });
});

describe('the assumptions', () => {
  it('say of every event how it comes', () => {
    expect(Object.values(ASSUMPTIONS.mix).reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9);
  });
});
