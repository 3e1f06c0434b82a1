import { expect, it } from 'vitest';
import { CanaryMark } from './canary-mark.js';

it('is another one at each boot', () => {
  expect(new CanaryMark().matches(new CanaryMark().text)).toBe(false);
  expect(new CanaryMark().text.length).toBeGreaterThan(40);
});

it('is known again, whole and alone', () => {
  const mark = new CanaryMark();
  expect(mark.matches(mark.text)).toBe(true);
  for (const given of [undefined, '', mark.text.slice(1), `${mark.text}x`, [mark.text]]) expect(mark.matches(given)).toBe(false);
});

it('can be shared', () => {
  const [one, other] = [new CanaryMark(), new CanaryMark()];
  other.share(one.text);
  expect(one.matches(other.text)).toBe(true);
});
