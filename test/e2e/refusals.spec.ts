import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, post, type Gateway } from './gateway.js';

const TOKEN = 'phc_confidential';
const VALUE = 'hunter2';
const event = (rest: Record<string, unknown>) => ({ token: TOKEN, event: VALUE, distinct_id: VALUE, ...rest });

describe('a refusal, for the author of an SDK', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway({ BATCH_POLICY: 'strict' });
  });
  afterAll(() => gateway.close());

  const rows: { what: string; body: unknown; says: RegExp }[] = [
    { what: 'the position of broken JSON', body: `{"token":"${TOKEN}","event":"${VALUE}",}`, says: /position|byte|offset/ },
    { what: 'that JSON ended early', body: `{"token":"${TOKEN}","event":"${VALUE}"`, says: /end/ },
    { what: 'the field of a wrong type', body: event({ uuid: 5 }), says: /event 0.*"uuid".*string.*number/ },
    { what: 'the index in an array', body: [event({}), event({ properties: VALUE })], says: /event 1.*"properties"/ },
    { what: 'the index in a batch', body: { api_key: TOKEN, batch: [event({}), event({}), { event: VALUE }] }, says: /event 2/ },
    { what: 'which uuid is none', body: [event({}), event({ uuid: VALUE })], says: /event 1.*"uuid"/ },
    { what: 'that "batch" must be an array', body: { api_key: TOKEN, batch: VALUE }, says: /"batch".*array.*string/ },
    {
      what: 'what a cookieless mode must be',
      body: event({ properties: { $cookieless_mode: VALUE } }),
      says: /event 0.*\$cookieless_mode.*boolean/,
    },
    { what: 'why a key is not valid', body: { ...event({}), token: `phx_${VALUE}` }, says: /personal_api_key/ },
    { what: 'what the top level may be', body: JSON.stringify(VALUE), says: /event.*array.*batch.*string/ },
  ];
  it.each(rows)('says $what, and repeats nothing of what was sent', async ({ body, says }) => {
    const answer = await gateway.send(post('/e/', body));
    expect([400, 401]).toContain(answer.status);
    expect(answer.body).toMatch(says);
    expect(answer.body).not.toContain(VALUE);
    expect(answer.body).not.toContain(TOKEN);
  });

  it('is short, however long what it refuses is', async () => {
    const bodies = [
      event({ uuid: 'x'.repeat(100_000) }),
      `{"${'k'.repeat(100_000)}":}`,
      { ...event({}), token: 'x'.repeat(100_000) },
      'x'.repeat(100_000),
    ];
    const answers = await Promise.all(bodies.map((body) => gateway.send(post('/e/', body))));
    for (const { body } of answers) expect(body.length).toBeLessThan(500);
  });

  it('names at most a hundred dropped events of a batch', async () => {
    const lenient = await openGateway();
    const batch = [event({}), ...Array.from({ length: 5000 }, () => ({ event: VALUE }))];
    const answer = await lenient.send(post('/batch/', { api_key: TOKEN, batch }));
    const { dropped } = JSON.parse(answer.body) as { dropped: { index: number; cause: string; detail: string }[] };
    expect([answer.status, dropped.length, dropped[0].index]).toEqual([200, 100, 1]);
    expect(answer.body).not.toContain(VALUE);
    await lenient.close();
  });
});
