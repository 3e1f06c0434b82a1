import { gzipSync } from 'node:zlib';
import lzString from 'lz-string';
import { describe, expect, it } from 'vitest';
import { decodeRequest, distinctIdOf } from './decode-request.ts';

const EVENT = { event: 'e 🎉', properties: { token: 't', distinct_id: 'd' } };
const json = JSON.stringify(EVENT);
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function decode(body: string | Buffer, headers: Record<string, string> = {}, url = '/e/') {
  return decodeRequest({ method: 'POST', url, headers, body: Buffer.from(body as string) });
}

describe('reading of recorded requests', () => {
  it.each([
    ['plain', json, {}, '/e/'],
    ['gzip (no hint)', gzipSync(json), {}, '/e/'],
    ['gzip (content-encoding: gzip, compression=gzip)', gzipSync(json), { 'content-encoding': 'gzip' }, '/batch/?compression=gzip'],
    ['form, base64', `data=${encodeURIComponent(Buffer.from(json).toString('base64'))}`, FORM, '/e/'],
    ['form, lz64', `data=${encodeURIComponent(lzString.compressToBase64(json))}&compression=lz64`, FORM, '/e/'],
  ])('%s', (encoding, body, headers, url) => {
    expect(decode(body, headers, url)).toMatchObject({ encoding, events: [EVENT], shape: 'one event' });
  });

  it('restores the emoji of old posthog-js', () => {
    const [start, end] = json.split('🎉').map((part) => Buffer.from(part));
    const cesu = Buffer.concat([start, Buffer.from([0xed, 0xa0, 0xbc, 0xed, 0xbe, 0x89]), end]);
    expect(decode(`data=${encodeURIComponent(cesu.toString('base64'))}`, FORM).events).toEqual([EVENT]);
  });

  it('cuts an id after 200 characters, not within one', () => {
    const { distinctId } = distinctIdOf({ distinct_id: `${'x'.repeat(199)}🎉yy` });
    expect(distinctId).toBe(`${'x'.repeat(199)}🎉`);
  });
});
