import { describe, expect, it } from 'vitest';
import { checkPlan, DEFAULT_PLAN } from './plan.ts';

const plan = { ...DEFAULT_PLAN, url: 'http://127.0.0.1:3000', run: 'r' };

describe('a plan of load', () => {
  it('stays on this machine unless somebody names another one', () => {
    expect(checkPlan(plan, 'own')).toEqual(plan);
    expect(() => checkPlan({ ...plan, url: 'https://capture.example' }, 'own')).toThrow('capture.example is not this machine');
    expect(() => checkPlan({ ...plan, url: 'https://capture.example' }, 'foreign')).not.toThrow();
  });

  it('may last as long as the soak of two hours', () => {
    expect(() => checkPlan({ ...plan, rate: 100, maxSeconds: 120 * 60 + 300 }, 'own')).not.toThrow();
  });

  it.each([{ rate: 501 }, { rate: 0 }, { rate: NaN }, { maxSeconds: 601 }, { eventBytes: 1 << 20 }, { eventsPerRequest: 1000 }])(
    'is refused for an installation when it is out of bounds: %o',
    (more) => {
      expect(() => checkPlan({ ...plan, ...more }, 'foreign')).toThrow(RangeError);
    },
  );
});
