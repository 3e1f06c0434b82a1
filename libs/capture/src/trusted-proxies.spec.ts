import { describe, expect, it } from 'vitest';
import { clientIp } from './client-ip.js';
import { isTrustedProxies, trustedProxies } from './trusted-proxies.js';

const PEER = '::ffff:10.0.0.9';
const FORGED = '6.6.6.6';
const CLIENT = '203.0.113.9';

function seen(setting: string[], headers: Record<string, string>, peer: string | undefined = PEER): string {
  return clientIp(headers, peer, trustedProxies(setting));
}

describe('the client behind a known number of proxies', () => {
  it.each<[string, string, string, string]>([
    ['none: the peer, whatever the header says', '0', FORGED, '10.0.0.9'],
    ['one: whom it saw', '1', `${FORGED}, ${CLIENT}`, CLIENT],
    ['one, with a port', '1', `${FORGED}, ${CLIENT}:4711`, CLIENT],
    ['two: whom the outer one saw', '2', `${FORGED}, ${CLIENT}, 10.0.0.1`, CLIENT],
    ['two, of which one was gone round', '2', CLIENT, CLIENT],
    ['one that hides the client', '1', `${FORGED}, unknown`, '10.0.0.9'],
    ['one that forwards nothing', '1', '', '10.0.0.9'],
  ])('%s', (_, hops, header, expected) => {
    expect(seen([hops], { 'x-forwarded-for': header })).toBe(expected);
  });

  it('reads Forwarded when the proxies write that', () => {
    expect(seen(['1'], { forwarded: `for=${FORGED}, for="[2001:db8::1]:80";proto=https` })).toBe('2001:db8::1');
  });

  it('does not believe x-real-ip, which nobody need have overwritten', () => {
    expect(seen(['1'], { 'x-real-ip': FORGED })).toBe('10.0.0.9');
  });
});

describe('the client behind proxies of known networks', () => {
  const OURS = ['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.1'];

  it.each<[string, string, string, string | undefined]>([
    ['the first stranger from our side', `${FORGED}, ${CLIENT}, 10.1.2.3`, CLIENT, PEER],
    ['across both families', `${FORGED}, 2001:db8:2::7, 2001:db8:1::1, 192.0.2.1`, '2001:db8:2::7', PEER],
    ['a peer that is none of ours', FORGED, '198.51.100.7', '198.51.100.7'],
    ['a proxy’s neighbour is a stranger', `${FORGED}, 192.0.2.2`, '192.0.2.2', PEER],
    ['the outermost of ours when all are', '10.0.0.1, 10.0.0.2', '10.0.0.1', PEER],
    ['no further than what is no address', `${FORGED}, unknown, 10.0.0.2`, '10.0.0.2', PEER],
    ['the peer when nothing is forwarded', '', '10.0.0.9', PEER],
    ['a stranger beyond a Unix socket', `${FORGED}, ${CLIENT}`, CLIENT, 'socket'],
  ])('is %s', (_, header, expected, peer) => {
    expect(seen(OURS, { 'x-forwarded-for': header }, peer)).toBe(expected);
  });
});

describe('the setting', () => {
  it.each([[['2']], [['10.0.0.0/8']], [['10.0.0.1', '2001:db8::/32']], [[]]])('%j is one', (setting) => {
    expect(isTrustedProxies(setting)).toBe(true);
  });

  it.each([[['-1']], [['100']], [['1', '2']], [['10.0.0.0/33']], [['nginx']], [['10.0.0']], [['2001:db8::/129']]])(
    '%j is none',
    (setting) => {
      expect(isTrustedProxies(setting)).toBe(false);
    },
  );

  it('trusts everybody when it is empty', () => {
    expect(seen([], { 'x-forwarded-for': `${FORGED}, ${CLIENT}` })).toBe(FORGED);
  });
});
