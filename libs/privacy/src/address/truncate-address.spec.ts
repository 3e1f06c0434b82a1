import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { truncateAddress } from './truncate-address.js';

describe('truncateAddress', () => {
  it.each([
    ['203.0.113.9', '203.0.113.0'],
    ['255.255.255.255', '255.255.255.0'],
    ['2001:db8:1234:5678:9abc:def0:1234:5678', '2001:db8:1234::'],
    ['2001:DB8::1', '2001:db8::'],
    ['::1', '::'],
    ['1::', '1::'],
    ['0:0:5:6:7:8:9:a', '0:0:5::'],
    ['fe80::1:2:3:4%eth0', 'fe80::'],
    ['::ffff:203.0.113.9', '203.0.113.0'],
    ['::ffff:cb00:7109', '203.0.113.0'],
    ['0:0:0:0:0:FFFF:CB00:7109', '203.0.113.0'],
    ['64:ff9b::203.0.113.9', '64:ff9b::'],
    ['::203.0.113.9', '::'],
    ['2002:cb00:7109::1', '2002:cb00:7100::'],
  ])('%s becomes %s', (address, network) => {
    expect(truncateAddress(address)).toBe(network);
  });

  it.each(['', 'unknown', '203.0.113', '203.0.113.9:443', '203.0.113.9, 198.51.100.1', '[::1]', '::1\n203.0.113.9', '1.2.3.04'])(
    'gives nothing for %j, which is no bare address',
    (text) => {
      expect(truncateAddress(text)).toBe('');
    },
  );

  it('gives an address, cuts it once and for all, and nothing of the host in it remains', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const network = truncateAddress(address);
        expect(isIP(network)).not.toBe(0);
        expect(truncateAddress(network)).toBe(network);
      }),
    );
  });

  it('is the same for all hosts of a network', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }),
        fc.array(fc.nat(0xffff), { minLength: 5, maxLength: 5 }),
        (groups, host) => {
          fc.pre(groups[0] !== 0 && groups[0] !== 0x2002);
          const text = (all: readonly number[]) => all.map((group) => group.toString(16)).join(':');
          expect(truncateAddress(text([...groups.slice(0, 3), ...host]))).toBe(truncateAddress(text(groups)));
        },
      ),
    );
  });
});
