import { describe, expect, it } from 'vitest';
import { LOOK_MS, Silence } from './silence.js';

/** Looks until it is too long. @param cpuShare of the time in which it is silent, that it uses the processor */
function silentFor(cpuShare: number, patienceMs = 60_000): { how: string | undefined; seconds: number } {
  let cpuMs = 1_000_000;
  const silence = new Silence({ cpuMs: () => cpuMs }, patienceMs);
  for (let looks = 1; looks <= 1200; looks++) {
    const how = silence.look();
    if (how !== undefined) return { how, seconds: (looks * LOOK_MS) / 1000 };
    cpuMs += cpuShare * LOOK_MS;
  }
  return { how: undefined, seconds: 120 };
}

describe('Silence', () => {
  it('is too long when the processor is used for five seconds without a word', () => {
    expect(silentFor(1)).toEqual({ how: 'it said nothing while it used 5 s of processor time', seconds: 5.1 });
  });

  it('is borne longer where there is little of the processor', () => {
    expect(silentFor(0.1).seconds).toBeCloseTo(50.1, 0);
  });

  it('is too long at the end of the patience, whatever the reason', () => {
    expect(silentFor(0)).toEqual({ how: 'it said nothing for 60 s', seconds: 60 });
    expect(silentFor(0, 2000)).toEqual({ how: 'it said nothing for 2 s', seconds: 2 });
  });

  it('ends with a word', () => {
    let cpuMs = 0;
    const silence = new Silence({ cpuMs: () => cpuMs }, 60_000);
    for (let i = 0; i < 1000; i++) {
      cpuMs += LOOK_MS;
      expect(silence.look()).toBeUndefined();
      if (i % 45 === 44) silence.heard();
    }
  });

  it('is long after ten seconds, and not after a word', () => {
    const silence = new Silence({ cpuMs: () => 0 }, 60_000);
    for (let i = 0; i < 99; i++) silence.look();
    expect(silence.isLong).toBe(false);
    silence.look();
    expect(silence.isLong).toBe(true);
    silence.heard();
    expect(silence.isLong).toBe(false);
  });
});
