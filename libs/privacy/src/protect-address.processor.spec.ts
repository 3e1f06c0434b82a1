import { describe, expect, it, vi } from 'vitest';
import { Drop, type CapturedEvent } from '@app/event';
import { aContext, anEvent } from '@app/testing';
import { Project, ProjectDirectory, type IpMode } from '@app/token';
import { AddressHash } from './address/address-hash.js';
import { IpPolicy } from './ip-policy.js';
import { PrivacyConfig } from './privacy.config.js';
import { PrivacyTripwire } from './privacy-tripwire.processor.js';
import { ProtectAddress } from './protect-address.processor.js';

const IP = '203.0.113.9';
const DATA = `{"event":"e","$ip":"${IP}","properties":{"$ip":"${IP}","x":1.0}}`;

function aDirectory(found: ReturnType<ProjectDirectory['find']>, source: ProjectDirectory['source'] = 'file'): ProjectDirectory {
  return { source, find: () => found } as unknown as ProjectDirectory;
}
function aProject(settings: Partial<Project>): Project {
  return Object.assign(new Project(), { token: 'phc_test' }, settings);
}
function policyFor(mode: IpMode): IpPolicy {
  return new IpPolicy(aDirectory(aProject({ ip: mode })), new PrivacyConfig());
}
function protect(mode: IpMode, event: CapturedEvent = anEvent({ data: DATA })): CapturedEvent {
  const result = new ProtectAddress(policyFor(mode), new AddressHash('a secret of sixteen')).process(event, aContext());
  if (result instanceof Drop) throw new Error(result.cause);
  return result;
}

describe('ProtectAddress', () => {
  it('hands the very event on where the address is kept', () => {
    const event = anEvent({ data: DATA });
    expect(protect('keep', event)).toBe(event);
  });

  it('leaves the network under truncate', () => {
    expect(protect('truncate')).toMatchObject({ ip: '203.0.113.0', ipHash: undefined, data: DATA.replaceAll(IP, '203.0.113.0') });
  });

  it('leaves nothing under drop', () => {
    expect(protect('drop')).toMatchObject({ ip: '', ipHash: undefined, data: DATA.replaceAll(`"${IP}"`, 'null') });
  });

  it('leaves a hash beside the event under hash', () => {
    expect(protect('hash')).toMatchObject({
      ip: '',
      ipHash: expect.stringMatching(/^[0-9a-f]{32}$/),
      data: DATA.replaceAll(`"${IP}"`, 'null'),
    });
  });

  it.each(['truncate', 'drop', 'hash'] as const)('tells cookieless visitors apart by a hash under %s', (mode) => {
    const visitor = anEvent({ isCookieless: true, partitionKey: `phc_test:${IP}` });
    const { partitionKey } = protect(mode, visitor);
    expect(partitionKey).toMatch(/^phc_test:[0-9a-f]{32}$/);
    expect(protect(mode, { ...visitor, ip: '203.0.113.8', partitionKey: 'phc_test:203.0.113.8' }).partitionKey).not.toBe(partitionKey);
  });

  it('keeps every other key', () => {
    expect(protect('drop', anEvent({ partitionKey: `phc_test:${IP}` })).partitionKey).toBe(`phc_test:${IP}`);
  });

  it('drops what it cannot protect', () => {
    const result = new ProtectAddress(policyFor('drop'), new AddressHash(undefined)).process(anEvent({ data: '{"$ip":' }), aContext());
    expect(result).toMatchObject({ cause: 'ip_protection_failed' });
  });
});

describe('IpPolicy', () => {
  const config = Object.assign(new PrivacyConfig(), { ipMode: 'truncate' as const });
  const optedOut = aContext({ doNotTrack: true });

  it.each([
    ['a project that says', aDirectory(aProject({ ip: 'hash' })), 'hash'],
    ['a project that says keep', aDirectory(aProject({ ip: 'keep' })), 'keep'],
    ['a project that does not say', aDirectory(aProject({})), 'truncate'],
    ['a token of no project', aDirectory('unknown'), 'truncate'],
    ['no source at all', aDirectory(undefined, 'none'), 'truncate'],
    ['a source that cannot tell', aDirectory(undefined, 'redis'), 'drop'],
  ])('%s: %s', (_, directory, mode) => {
    expect(new IpPolicy(directory, config).modeOf('phc_test', aContext())).toBe(mode);
  });

  it.each([
    ['ignore', 'keep'],
    ['anonymise', 'drop'],
    ['drop', 'drop'],
  ] as const)('a wish not to be tracked that the project would %s makes it %s', (dnt, mode) => {
    const policy = new IpPolicy(aDirectory(aProject({ ip: 'keep', dnt })), config);
    expect(policy.modeOf('phc_test', optedOut)).toBe(mode);
    expect(policy.dntOf('phc_test', optedOut)).toBe(dnt);
    expect([policy.modeOf('phc_test', aContext()), policy.dntOf('phc_test', aContext())]).toEqual(['keep', 'ignore']);
  });
});

describe('PrivacyTripwire', () => {
  function look(mode: IpMode, event: Partial<CapturedEvent>) {
    const violations = { inc: vi.fn() };
    const tripwire = new PrivacyTripwire(policyFor(mode), violations as never);
    const result = tripwire.process(anEvent({ ip: '', ...event }), aContext({ ip: IP }));
    return { isStopped: result instanceof Drop, counted: violations.inc.mock.calls.length };
  }
  const STOPPED = { isStopped: true, counted: 1 };

  it.each(['truncate', 'drop', 'hash'] as const)('lets what was protected under %s pass', (mode) => {
    const event = protect(mode, anEvent({ data: DATA, isCookieless: true, partitionKey: `phc_test:${IP}` }));
    expect(look(mode, event)).toEqual({ isStopped: false, counted: 0 });
  });

  it.each([
    ['the envelope', { ip: IP }],
    ['$ip', { data: DATA }],
    ['a second $ip', { data: `{"$ip":"${IP}","$ip":null}` }],
    ['the key of a cookieless visitor', { isCookieless: true, partitionKey: `phc_test:${IP}` }],
    ['the header', { ipHash: IP }],
  ])('stops and counts an address in %s', (_, event) => {
    expect(look('drop', event)).toEqual(STOPPED);
    expect(look('truncate', event)).toEqual(STOPPED);
  });

  it('is not concerned where addresses are kept', () => {
    expect(look('keep', { ip: IP, data: DATA })).toEqual({ isStopped: false, counted: 0 });
  });
});
