import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientIp, parseAddress } from './client-ip.js';

describe('clientIp', () => {
  it.each([
    ['the left-most of several', { 'x-forwarded-for': '203.0.113.9, 10.0.0.1' }, '203.0.113.9'],
    ['the first usable one', { 'x-forwarded-for': 'unknown, , 203.0.113.9' }, '203.0.113.9'],
    ['one with a port', { 'x-forwarded-for': '203.0.113.9:5555' }, '203.0.113.9'],
    ['IPv6', { 'x-forwarded-for': '2001:db8::1' }, '2001:db8::1'],
    ['IPv6 with a port', { 'x-forwarded-for': '[2001:db8::1]:443, 1.1.1.1' }, '2001:db8::1'],
    ['what stands before other headers', { 'x-forwarded-for': '1.1.1.1', 'x-real-ip': '2.2.2.2', forwarded: 'for=3.3.3.3' }, '1.1.1.1'],
    ['x-real-ip after an unusable list', { 'x-forwarded-for': 'unknown', 'x-real-ip': '2.2.2.2', forwarded: 'for=3.3.3.3' }, '2.2.2.2'],
    ['forwarded', { forwarded: 'proto=https;for="[2001:db8::1]:4711";by=x, for=9.9.9.9' }, '2001:db8::1'],
    ['forwarded by another spelling', { forwarded: 'For=192.0.2.60;proto=http' }, '192.0.2.60'],
    ['an obfuscated one passed over', { forwarded: 'for=_hidden, for=192.0.2.60' }, '192.0.2.60'],
    ['the peer, when there is nothing', {}, '127.0.0.1'],
    ['the peer, when nothing is usable', { 'x-forwarded-for': '', 'x-real-ip': 'x', forwarded: 'by=1.1.1.1' }, '127.0.0.1'],
  ])('is %s', (_, headers, expected) => {
    expect(clientIp(headers, '::ffff:127.0.0.1')).toBe(expected);
  });

  it('is empty when nobody knows', () => {
    expect([clientIp({}, undefined), clientIp({}, 'pipe')]).toEqual(['', '']);
  });
});

describe('parseAddress', () => {
  it.each([
    [' 1.2.3.4 ', '1.2.3.4'],
    ['1.2.3.4:', '1.2.3.4'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%eth0]', 'fe80::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::FFFF:1.2.3.4', '1.2.3.4'],
    ['::', '::'],
    ['1.2.3', undefined],
    ['1.2.3.4.5', undefined],
    ['256.1.1.1', undefined],
    ['1.2.3.4:5:6', undefined],
    ['[::1', undefined],
    ['localhost', undefined],
    ['"', undefined],
  ])('%j is %s', (text, expected) => {
    expect(parseAddress(text)).toBe(expected);
  });

  it('keeps every address, and gives nothing else than addresses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        expect(parseAddress(address)).toBe(
          address.toLowerCase().startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address,
        );
      }),
    );
    const pieces = fc.array(fc.constantFrom('1', '.', ':', '[', ']', '%', 'ff', '"', ' ', '::', '1.2.3.4'), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const address = parseAddress(parts.join(''));
        // It goes unescaped into the envelope.
        expect(address === undefined || isIP(address) > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
