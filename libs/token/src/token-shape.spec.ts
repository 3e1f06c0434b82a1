import { describe, expect, it } from 'vitest';
import { checkTokenShape } from './token-shape.js';

const refusal = (text: string) => {
  try {
    return `took ${checkTokenShape(text)}`;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('checkTokenShape', () => {
  it.each(['phc_abc', 'a', ' phc_abc\n', 'x'.repeat(64), `  ${'x'.repeat(64)}  `, 'a b', 'PHX_a', 'not-phx_'])(
    'takes %j, trimmed',
    (text) => {
      expect(checkTokenShape(text)).toBe(text.trim());
    },
  );

  it.each([
    ['', 'empty'],
    [' \t ', 'empty'],
    ['x'.repeat(65), 'too_long'],
    ['é'.repeat(33), 'too_long'],
    ['phc_é', 'not_ascii'],
    ['phc_a\ud800', 'not_ascii'],
    ['phx_hellothere', 'personal_api_key'],
    [' phx_a', 'personal_api_key'],
    ['a\0b', 'null_byte'],
    [`phx_${'x'.repeat(64)}`, 'too_long'],
    ['phx_é', 'not_ascii'],
    ['phx_\0', 'personal_api_key'],
  ])('refuses %j: %s', (text, reason) => {
    expect(refusal(text).split('. ', 1)[0]).toBe(`API key is not valid: ${reason}`);
  });
});
