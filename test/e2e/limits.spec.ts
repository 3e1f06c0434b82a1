import { gzipSync } from 'node:zlib';
import lzString from 'lz-string';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEventBody, openGateway, post, type Gateway } from './gateway.js';

const MIB = 1024 * 1024;
const PATHS = ['/e', '/capture', '/track/', '/engage', '/batch/', '/i/v0/e/'];

/** An event whose JSON has exactly `bytes` bytes. */
function eventOf(bytes: number): string {
  const empty = JSON.stringify(anEventBody({ properties: { a: '' } }));
  return JSON.stringify(anEventBody({ properties: { a: 'x'.repeat(bytes - empty.length) } }));
}

const gzipped = (text: string) => ({ ...post('/e/', ''), body: gzipSync(text) });

describe('the limits as shipped', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  it.each(PATHS)('%s refuses 20 MiB and 1 KiB, saying the limit', async (path) => {
    const answer = await gateway.send(post(path, ' '.repeat(20 * MIB + 1024)));
    expect(answer.status).toBe(413);
    expect(answer.body).toMatch(/^maximum event size exceeded: .*20971520/);
  });

  it('takes a body of 4 MB', async () => {
    const batch = Array.from({ length: 5 }, () => ({ event: 'e', distinct_id: 'd', properties: { a: 'x'.repeat(800_000) } }));
    const answer = await gateway.send(post('/batch/', { api_key: 'phc_e2e', batch }));
    expect([answer.status, gateway.taken().length]).toEqual([200, 5]);
  });

  it('stops a gzip bomb at 100 MiB', async () => {
    const bomb = gzipSync(Buffer.alloc(101 * MIB, 0x20));
    const answer = await gateway.send({ ...post('/e/', ''), body: bomb });
    expect(answer.status).toBe(413);
    expect(answer.body).toMatch(/^maximum event size exceeded: .*104857600/);
  });

  it('refuses 129 levels of nesting and takes 128', async () => {
    const deep = (levels: number) =>
      `{"token":"phc_e2e","event":"e","distinct_id":"d","properties":{"a":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}}}`;
    const within = await gateway.send(post('/e/', deep(128)));
    const beyond = await gateway.send(post('/e/', deep(129)));
    expect([within.status, beyond.status]).toEqual([200, 400]);
    expect(beyond.body).toMatch(/^failed to parse request: .*128/);
    gateway.taken();
  });

  it('refuses 10,001 events and takes 10,000', async () => {
    const events = (count: number) => `[${Array.from({ length: count }, () => JSON.stringify(anEventBody())).join(',')}]`;
    const within = await gateway.send(post('/e/', events(10_000)));
    const taken = gateway.taken().length;
    const beyond = await gateway.send(post('/e/', events(10_001)));
    expect([within.status, taken, beyond.status, gateway.taken().length]).toEqual([200, 10_000, 413, 0]);
    expect(beyond.body).toMatch(/^maximum event size exceeded: .*10000/);
  });
});

describe("limits of one's own", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway({ MAX_BODY_BYTES: '2000', MAX_INFLATED_BYTES: '10000', MAX_JSON_DEPTH: '10', MAX_EVENTS_PER_REQUEST: '3' });
  });
  afterAll(() => gateway.close());

  it('counts bytes on the wire to the byte', async () => {
    const within = await gateway.send(post('/e/', eventOf(2000)));
    const beyond = await gateway.send(post('/e/', eventOf(2001)));
    expect([within.status, beyond.status]).toEqual([200, 413]);
    expect(beyond.body).toMatch(/^maximum event size exceeded: .*2001.*2000/);
  });

  it('counts inflated bytes to the byte', async () => {
    const within = await gateway.send(gzipped(eventOf(10_000)));
    const beyond = await gateway.send(gzipped(eventOf(10_001)));
    expect([within.status, beyond.status]).toEqual([200, 413]);
    expect(beyond.body).toMatch(/^maximum event size exceeded: .*10000/);
  });

  it("does not count gzip's own word for its size", async () => {
    const lying = gzipSync(eventOf(20_000));
    lying.writeUInt32LE(100, lying.length - 4);
    const answer = await gateway.send({ ...post('/e/', ''), body: lying });
    expect(answer.status).toBe(413);
  });

  it.each([
    ['base64', (text: string) => `data=${encodeURIComponent(gzipSync(text).toString('base64'))}`],
    ['lz64', (text: string) => `compression=lz64&data=${encodeURIComponent(lzString.compressToBase64(text))}`],
  ])('counts %s after decoding, too', async (_, formOf) => {
    const sent = async (bytes: number) =>
      (await gateway.send(post('/e/', formOf(eventOf(bytes)), { 'content-type': 'application/x-www-form-urlencoded' }))).status;
    expect([await sent(9000), await sent(20_000)]).toEqual([200, 413]);
  });

  it('counts levels', async () => {
    const answer = await gateway.send(post('/e/', anEventBody({ properties: { a: [[[[[[[[[[]]]]]]]]]] } })));
    expect([answer.status, answer.body]).toEqual([400, expect.stringMatching(/^failed to parse request: .*10/)]);
  });

  it('counts events', async () => {
    const within = await gateway.send(
      post(
        '/e/',
        [1, 2, 3].map(() => anEventBody()),
      ),
    );
    const beyond = await gateway.send(
      post(
        '/e/',
        [1, 2, 3, 4].map(() => anEventBody()),
      ),
    );
    expect([within.status, beyond.status]).toEqual([200, 413]);
  });

  it('goes on serving afterwards', async () => {
    const answer = await gateway.send(post('/e/', anEventBody()));
    expect(answer.status).toBe(200);
  });
});
