import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EphemeralTopic, startGateway, type Gateway, type TopicMessage } from '@app/testing';

const hosts = process.env.KAFKA_HOSTS ?? '';
const python = process.env.TEST_PYTHON ?? '';
const classPath = process.env.TEST_CLASS_PATH ?? '';
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const run = promisify(execFile);

/** What a reader made of one message: the envelope's two strings, and the value under test. */
interface Reading {
  readonly uuid: string;
  readonly data: string;
  readonly v: string;
}

interface Case {
  /** JSON text of `properties.v`, or of more members after it. */
  readonly v: string;
  /** What each reader makes of it: its own kinds of number and its own way to write them. */
  readonly python: string;
  readonly jackson: string;
  readonly clickhouse: string;
}

const same = (v: string, seen = v): Case => ({ v, python: seen, jackson: seen, clickhouse: seen });

const CASES: Record<string, Case> = {
  'the largest 64-bit integer': same('9223372036854775807'),
  'the smallest 64-bit integer': same('-9223372036854775808'),
  'the largest unsigned 64-bit integer': same('18446744073709551615'),
  'one above 2^53': same('9007199254740993'),
  '1.0': { v: '1.0', python: '1.0', jackson: '1.0', clickhouse: '1' },
  '1e21': { v: '1e21', python: '1e+21', jackson: '1E+21', clickhouse: '1e21' },
  'minus zero': { v: '-0', python: '0', jackson: '0', clickhouse: '0' },
  'a duplicated key': { v: '"first","v":"last"', python: 'last', jackson: 'last', clickhouse: 'first' },
  escapes: same(String.raw`"\" \\ \/ \b\f\n\r\t \u0041\u00e9 \u2028"`, '" \\ / \b\f\n\r\t Aé \u2028'),
  'an emoji as it is': same('"🎉 👩‍👩‍👧"', '🎉 👩‍👩‍👧'),
  'an emoji as escapes': same(String.raw`"\ud83c\udf89"`, '🎉'),
  'characters of every length': same('"a é € 𝄞 \u007f \u2028 \uffff"', 'a é € 𝄞 \u007f \u2028 \uffff'),
  'an empty text': same('""', ''),
};

describe('what other parsers read from Kafka', () => {
  let topic: EphemeralTopic;
  let gateway: Gateway;
  let messages: readonly TopicMessage[];
  const sent = Object.entries(CASES).map(([name, { v }]) => {
    const uuid = randomUUID();
    // Odd spacing, unknown and nested fields, and a second name of the same key: all to be kept as they are.
    const json = `{ "event":"${name}" ,"uuid":"${uuid}","distinct_id":"r-1","unknown":{"a":[1,{"b":[]}],"":null},\t"properties":{"v":${v}}}`;
    return { name, uuid, json };
  });

  beforeAll(async () => {
    topic = await EphemeralTopic.create(hosts);
    gateway = await startGateway({ env: { OUTPUT: 'kafka', KAFKA_HOSTS: hosts, KAFKA_TOPIC: topic.name } });
    const body = `{"api_key":"phc_readers", "batch" : [\n${sent.map(({ json }) => json).join(' ,\n')}\n] }`;
    const response = await fetch(`${gateway.url}/batch/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect([response.status, await response.text()]).toEqual([200, '{"status":"Ok"}']);
    messages = await topic.read();
  });
  afterAll(async () => {
    await gateway?.stop();
    await topic?.delete();
  });

  /** Every message as sent, and the value under test as this reader is known to see it. */
  function expectReadings(output: string, reader: keyof Case): void {
    const readings = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Reading);
    const expected = sent.map(({ uuid, name, json }) => ({ uuid, data: json, v: CASES[name][reader] }));
    expect(new Map(readings.map((reading) => [reading.uuid, reading]))).toEqual(
      new Map(expected.map((reading) => [reading.uuid, reading])),
    );
    expect(readings).toHaveLength(sent.length);
  }

  it('data is byte for byte the JSON that was sent', () => {
    const got = messages.map(({ headers, value }) => [headers.uuid, (JSON.parse(value.toString()) as Reading).data]);
    expect(new Map(got as [string, string][])).toEqual(new Map(sent.map(({ uuid, json }) => [uuid, json])));
  });

  it('a single event is its whole body', async () => {
    const json = '{"api_key":"phc_readers","event":"single","distinct_id":"r-2", "n":1.0,"properties":{"v":1e21}}';
    const single = await fetch(`${gateway.url}/i/v0/e/`, { method: 'POST', body: json });
    expect(single.status).toBe(200);
    const value = (await topic.read()).find(({ headers }) => headers.event === 'single')?.value;
    expect((JSON.parse(String(value)) as Reading).data).toBe(json);
  });

  it.skipIf(python === '')("Python's json", async () => {
    const child = spawn(python, [fixture('read_with_python.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(linesOf(messages));
    expectReadings(await text(child.stdout), 'python');
  });

  it.skipIf(python === '')('an embedded ClickHouse', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'inlet-readers-'));
    try {
      const file = join(folder, 'values.jsonl');
      await writeFile(file, linesOf(messages));
      const { stdout } = await run(python, [fixture('read_with_clickhouse.py'), file]);
      expectReadings(stdout, 'clickhouse');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.skipIf(classPath === '')("Kafka's own client and Jackson on the JVM", async () => {
    const { stdout } = await run('java', ['-cp', classPath, fixture('ReadWithJackson.java'), hosts, topic.name]);
    // The topic holds the single event of the test above, too.
    const ofBatch = stdout.split('\n').filter((line) => sent.some(({ uuid }) => line.includes(uuid)));
    expectReadings(ofBatch.join('\n'), 'jackson');
  });
});

/** A JSON text holds no bare newline, so values can be told apart by lines. */
function linesOf(messages: readonly TopicMessage[]): string {
  return messages.map(({ value }) => `${value.toString()}\n`).join('');
}
