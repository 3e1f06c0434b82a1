import { expect, it } from 'vitest';
import { RELEASED_AT } from './released-at.js';

it('is in the past: records of a gateway that runs before its release carry no time', () => {
  expect(RELEASED_AT).toBeLessThan(Date.now());
  expect(RELEASED_AT).toBeGreaterThan(Date.UTC(2026, 0, 1));
});
