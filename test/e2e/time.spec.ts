import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { counter, NOW, openGateway, post, type Gateway } from './gateway.js';

const HOUR = 3_600_000;

/** How an SDK may write a time; each must be the same instant. */
const SPELLINGS: Readonly<Record<string, (at: number) => string>> = {
  'with milliseconds': (at) => new Date(at).toISOString(),
  'with microseconds and a zone': (at) => new Date(at + 5.5 * HOUR).toISOString().replace('Z', '000+05:30'),
  'with nine digits': (at) => new Date(at).toISOString().replace('Z', '999999Z'),
  'without a zone': (at) => new Date(at).toISOString().replace('Z', ''),
  'with a short zone': (at) => new Date(at - 8 * HOUR).toISOString().replace('Z', '-08'),
  'with a blank': (at) => new Date(at).toISOString().replace('T', ' '),
  'as epoch milliseconds': (at) => String(at),
};

/** A time of sending has a zone, and nothing is guessed: the others move no event. */
const RFC_3339 = ['with milliseconds', 'with microseconds and a zone', 'with nine digits'];

/** [the client's clock is ahead by, the event happened before sending by, what the event comes to, from `now`] */
const CLOCKS: readonly (readonly [string, number, number, number])[] = [
  ['right', 0, 0, 0],
  ['right, and the event waited', 0, 3 * HOUR, -3 * HOUR],
  ['an hour ahead', HOUR, 1000, -1000],
  ['a day ahead', 24 * HOUR, 1000, -1000],
  ['a year ahead', 365 * 24 * HOUR, 1000, -1000],
  ['an hour behind', -HOUR, 1000, -1000],
  ['at its factory setting', Date.UTC(2000, 0, 1) - NOW, 1000, -1000],
  ['right, and the event lies 22 hours ahead', 0, -22 * HOUR, 22 * HOUR],
  ['right, and the event lies 24 hours ahead', 0, -24 * HOUR, 0],
];

describe('the time of an event', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  async function timeOf(path: string, body: unknown): Promise<{ fromNow: number; sentAt: string | undefined }> {
    await gateway.send(post(path, body));
    const [{ value, headers }] = gateway.taken();
    const { timestamp, sent_at } = JSON.parse(value) as { timestamp: string; sent_at?: string };
    expect(headers.timestamp).toBe(String(Date.parse(timestamp)));
    return { fromNow: Date.parse(timestamp) - NOW, sentAt: sent_at };
  }

  const batch = (sent: Record<string, unknown>, event: Record<string, unknown>) => ({
    api_key: 'phc_time',
    ...sent,
    batch: [{ event: 'e', distinct_id: 'd', ...event }],
  });

  describe.each(CLOCKS)('by a clock that is %s', (_, ahead, waited, expected) => {
    const sentAt = NOW + ahead;
    const happened = sentAt - waited;

    it.each(Object.keys(SPELLINGS))('%s', async (spelling) => {
      const write = SPELLINGS[spelling];
      for (const key of ['sent_at', 'sentAt']) {
        const writeSent = RFC_3339.includes(spelling) ? write : SPELLINGS['with milliseconds'];
        const time = await timeOf('/batch/', batch({ [key]: writeSent(sentAt) }, { timestamp: write(happened) }));
        expect(time).toEqual({ fromNow: expected, sentAt: new Date(sentAt).toISOString() });
      }
    });

    it('said in the query, by those SDKs that do', async () => {
      const time = await timeOf(`/e/?ip=1&_=${sentAt}&ver=1.20.4`, batch({}, { timestamp: new Date(happened).toISOString() }));
      // Before 2020 it could be seconds, and is not believed.
      if (sentAt >= Date.UTC(2020, 0, 1)) expect(time.fromNow).toBe(expected);
      else expect(time).toEqual({ fromNow: happened - NOW, sentAt: undefined });
    });

    it('left alone by $ignore_sent_at', async () => {
      const event = { timestamp: new Date(happened).toISOString(), properties: { $ignore_sent_at: true } };
      const { fromNow } = await timeOf('/batch/', batch({ sent_at: new Date(sentAt).toISOString() }, event));
      expect(fromNow).toBe(happened > NOW + 23 * HOUR ? 0 : happened - NOW);
    });

    it('as an offset, which needs no clock', async () => {
      const { fromNow } = await timeOf(
        '/batch/',
        batch({ sent_at: new Date(sentAt).toISOString() }, { offset: waited, timestamp: '1999-01-01' }),
      );
      expect(fromNow).toBe(waited < -23 * HOUR ? 0 : 0 - waited);
    });
  });

  it.each(['without a zone', 'with a short zone', 'as epoch milliseconds'])('does not guess at a time of sending %s', async (spelling) => {
    const sentAt = SPELLINGS[spelling](NOW + HOUR);
    const time = await timeOf('/batch/', batch({ sent_at: sentAt }, { timestamp: '2024-01-02T03:04:05Z' }));
    expect(time).toEqual({ fromNow: Date.UTC(2024, 0, 2, 3, 4, 5) - NOW, sentAt: undefined });
  });

  it.each([
    [NOW / 1000 - 7200, -2 * HOUR],
    [NOW - 2 * HOUR, -2 * HOUR],
    [20_240_102, Date.UTC(2024, 0, 2) - NOW],
  ])('may be a number: %d', async (timestamp, fromNow) => {
    expect(await timeOf('/batch/', batch({}, { timestamp }))).toEqual({ fromNow, sentAt: undefined });
  });

  it.each(['"yes"', '2', '[]'])('is not guessed to be historical: "historical_migration": %s', async (value) => {
    const body = `{"api_key":"phc_time","historical_migration":${value},"batch":[{"event":"e","distinct_id":"d"}]}`;
    const answer = await gateway.send(post('/batch/', body));
    expect([answer.status, gateway.taken()]).toEqual([400, []]);
    expect(answer.body).toContain('historical_migration');
  });

  it('is that of arrival where it cannot be read; a historical import is told, all is counted', async () => {
    const before = await counter(gateway, 'capture_events_adjusted_total', 'cause="timestamp_unreadable"');
    const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';
    const events = [{ timestamp: '24/11/2024 15:33:07', uuid }, { timestamp: '2024-01-02T03:04:05Z' }, { timestamp: 7 }, {}];
    const body = { ...batch({}, {}), batch: events.map((event) => ({ event: 'e', distinct_id: 'd', ...event })) };
    const live = await gateway.send(post('/batch/', body));
    expect([live.status, live.body]).toEqual([200, '{"status":"Ok"}']);
    const historical = await gateway.send(post('/batch/', { ...body, historical_migration: true }));
    expect(JSON.parse(historical.body)).toEqual({
      status: 'Ok',
      adjusted: [
        { index: 0, uuid, cause: 'timestamp_unreadable', detail: expect.stringContaining('"24/11/2024 15:33:07"') as string },
        { index: 2, cause: 'timestamp_unreadable', detail: expect.stringContaining('RFC 3339') as string },
      ],
    });
    const times = gateway.taken().map(({ headers }) => Number(headers.timestamp) - NOW);
    expect(times.slice(4)).toEqual([0, Date.UTC(2024, 0, 2, 3, 4, 5) - NOW, 0, 0]);
    expect(await counter(gateway, 'capture_events_adjusted_total', 'cause="timestamp_unreadable"')).toBe(before + 4);
  });

  it.each([
    ['seconds', Math.floor(NOW / 1000)],
    ['seconds with a fraction', NOW / 1000 + 0.5],
    ['microseconds', NOW * 1000],
    ['a word', 'now'],
    ['nothing', ''],
    ['a negative number', -NOW],
  ])('takes %s in the query for no time of sending', async (_, given) => {
    const time = await timeOf(`/e/?_=${given}`, batch({}, { timestamp: '2024-01-02T03:04:05Z' }));
    expect(time).toEqual({ fromNow: Date.UTC(2024, 0, 2, 3, 4, 5) - NOW, sentAt: undefined });
  });

  it('keeps what the SDK wrote in data, to the last digit', async () => {
    const timestamp = '2024-01-02T03:04:05.123456789+05:30';
    await gateway.send(post('/batch/', batch({ sent_at: new Date(NOW).toISOString() }, { timestamp })));
    expect((JSON.parse(gateway.taken()[0].value) as { data: string }).data).toContain(`"timestamp":"${timestamp}"`);
  });
});
