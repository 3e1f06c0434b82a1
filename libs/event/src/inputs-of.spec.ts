import { expect, it } from 'vitest';
import { inputsOf } from './inputs-of.js';

it('counts the events of the request: one unless said, none for what was made beside one, several for a recording', () => {
  expect(inputsOf([])).toBe(0);
  expect(inputsOf([{}, { inputs: 1 }, { inputs: 0 }, { inputs: 3 }])).toBe(5);
});
