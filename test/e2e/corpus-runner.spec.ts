import { describe, expect, it } from 'vitest';
import { buildRequest, compareCase, fillIn, goldenLine, type CorpusCase, type SeenMessage, type WireAnswer } from '../corpus/runner.js';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const corpusCase: CorpusCase = {
  id: 'Z1',
  title: 'a case',
  source: 'here',
  request: { path: '/e/', body: { json: { token: '{{token}}', event: 'e', distinct_id: 'd', n: 1 } } },
  expect: {
    status: 200,
    body: { status: 'Ok' },
    messages: [{ envelope: { token: '{{token}}', timestamp: { $now: -1000 } }, data: { sent: 0 } }],
  },
};
const filled = fillIn(corpusCase, NOW);
const answer: WireAnswer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"status":"Ok"}' };

/** The message that the case expects, with something changed. */
function message(envelope: Record<string, unknown> = {}, rest: Partial<SeenMessage> = {}): SeenMessage {
  const now = new Date(NOW).toISOString();
  const whole = {
    uuid: 'u',
    distinct_id: 'd',
    ip: '127.0.0.1',
    data: '{"token":"phc_z1","event":"e","distinct_id":"d","n":1}',
    now,
    token: 'phc_z1',
    event: 'e',
    timestamp: new Date(NOW - 1000).toISOString(),
    ...envelope,
  };
  const headers = { token: 'phc_z1', distinct_id: 'd', event: 'e', uuid: 'u', now, timestamp: String(NOW - 1000) };
  return { route: 'main', key: 'phc_z1:d', headers, value: JSON.stringify(whole), ...rest };
}

describe('the corpus runner', () => {
  it('is content with what a case expects', () => {
    expect(compareCase(filled, answer, [message()])).toEqual([]);
  });

  const wrong: [string, WireAnswer, SeenMessage[], RegExp][] = [
    ['another status', { ...answer, status: 503 }, [message()], /^answer\.status: expected 200, got 503/],
    ['another body', { ...answer, body: '{"status":1}' }, [message()], /^answer\.body\.status: expected "Ok", got 1/],
    ['more in the body', { ...answer, body: '{"status":"Ok","dropped":[]}' }, [message()], /^answer\.body\.dropped: expected \(absent\)/],
    ['a missing message', answer, [], /^messages on main: expected 1, got 0/],
    ['a message twice', answer, [message(), message()], /^messages on main: expected 1, got 2/],
    ['a message on another lane', answer, [message({}, { route: 'overflow' })], /^messages on (main|overflow): expected/],
    ['another key', answer, [message({}, { key: null })], /^main\[0\]\.key: expected "phc_z1:d", got null/],
    ['one byte of data', answer, [message({ data: '{"token":"phc_z1","event":"e","distinct_id":"d","n":1.0}' })], /data \(as sent\)/],
    ['another token', answer, [message({ token: 'phc_z2' })], /envelope\.token/],
    ['another time', answer, [message({ timestamp: new Date(NOW).toISOString() })], /envelope\.timestamp: expected {"\$now":-1000}/],
    ['fields in another order', answer, [message({ historical_migration: true, is_cookieless_mode: true })], /envelope \(fields\)/],
    ['a header that contradicts the envelope', answer, [message({ event: 'f' })], /headers\.event/],
    ['data that is no JSON', answer, [message({ data: '{' })], /data is not JSON/],
  ];
  it.each(wrong)('complains of %s', (_, given, messages, complaint) => {
    expect(compareCase(filled, given, messages).join('\n')).toMatch(complaint);
  });

  it('complains of a refusal that is not text', () => {
    const refused: CorpusCase = { ...filled, expect: { status: 400, body: { prefix: 'failed' } } };
    expect(compareCase(refused, { ...answer, status: 400, body: 'failed' }, []).join('\n')).toMatch(/text\/plain/);
  });

  it('builds a form of base64 of what a case says', () => {
    const { body } = buildRequest({ path: '/e/', body: 'é+?', encode: ['base64', 'form:data'] });
    expect(body?.toString()).toBe(`data=${encodeURIComponent(Buffer.from('é+?').toString('base64'))}`);
  });

  it('moves a body into the query', () => {
    expect(buildRequest({ method: 'GET', path: '/e/', query: 'ip=1', body: '{}', encode: ['query:data'] })).toMatchObject({
      url: '/e/?ip=1&data=%7B%7D',
      body: undefined,
    });
  });
});

describe('a golden line', () => {
  const MADE = '019b7d8e-5c88-7e1a-8b1e-3d5f7a9b1c2d';
  const at = new Date(Number.parseInt(MADE.replace('-', '').slice(0, 12), 16)).toISOString();
  const withUuid = (uuid: string, data = '{}') => message({ uuid, timestamp: at, data }, { headers: { uuid } });
  const naming = (uuid: string): CorpusCase => ({ ...filled, request: { path: '/e/', body: { json: { uuid } } } });

  it('holds the envelope as it was written', () => {
    const { key, headers } = message();
    const [value, text] = ['{"uuid":"u", "ip" :1.0,"timestamp":"x"}', JSON.stringify({ id: 'Z1', route: 'main', key, headers })];
    expect(goldenLine(filled, message({}, { value }))).toBe(`${text.slice(0, -1)},"value":${value}}`);
  });

  it('leaves out what is random in a uuid that the gateway made, not its version and time', () => {
    const line = goldenLine(filled, withUuid(MADE));
    expect(line).not.toContain(MADE);
    expect(line.match(/019b7d8e-5c88-7xxx-xxxx-xxxxxxxxxxxx/g)).toHaveLength(2);
  });

  it.each([
    ['that the request named', naming(MADE), MADE],
    ['that it named in another spelling', naming(`{${MADE.toUpperCase().replaceAll('-', '')}}`), MADE],
    ['of another version', filled, MADE.replace('-7', '-4')],
    ['of another time', filled, MADE.replace('019b', '019c')],
  ])('keeps a uuid %s', (_, given, uuid) => {
    expect(goldenLine(given, withUuid(uuid))).toContain(`"value":{"uuid":"${uuid}"`);
  });

  it('tells the length of filling instead of holding it', () => {
    expect(goldenLine(filled, withUuid(MADE, `"${'x'.repeat(70_000)}${'é'.repeat(199)}${'😀'.repeat(200)}"`))).toContain(
      `"\\"{{repeat:x:70000}}${'é'.repeat(199)}{{repeat:😀:200}}\\""`,
    );
  });
});
