import { describe, expect, it } from 'vitest';
import { allowsOrigin } from './allows-origin.js';

describe('allowsOrigin', () => {
  it.each([
    ['https://a.example', 'https://a.example', true],
    ['https://A.example', 'https://a.EXAMPLE', true],
    ['https://a.example', 'http://a.example', false],
    ['https://a.example', 'https://a.example:8443', false],
    ['https://a.example', 'https://a.example.evil.test', false],
    ['https://*.example', 'https://a.example', true],
    ['https://*.example', 'https://a.b.example', true],
    ['https://*.example', 'https://example', false],
    ['https://*.a.example', 'https://evila.example', false],
    ['https://*.a.example', 'https://.a.example', false],
    ['http://*.a.example:8000', 'http://x.a.example:8000', true],
    ['null', 'null', true],
    ['https://a.example', 'null', false],
  ])('%s allows %s: %s', (allowed, origin, expected) => {
    expect(allowsOrigin(['https://other.example', allowed], origin)).toBe(expected);
  });
});
