import { Agent, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EphemeralTopic, startGateway, type Gateway } from '@app/testing';
import {
  buildRequest,
  compareCase,
  fillIn,
  fillInEnv,
  groupByEnv,
  isRun,
  readCorpus,
  tally,
  tokenOf,
  type CorpusCase,
  type SeenMessage,
  type WireAnswer,
  type WireRequest,
} from '../corpus/runner.js';

/** A topic for each lane that cases send to. */
const LANES = {
  main: 'KAFKA_TOPIC',
  historical: 'KAFKA_HISTORICAL_TOPIC',
  exceptions: 'KAFKA_ERROR_TRACKING_TOPIC',
  heatmaps: 'KAFKA_HEATMAPS_TOPIC',
  warnings: 'KAFKA_CLIENT_INGESTION_WARNING_TOPIC',
  overflow: 'KAFKA_OVERFLOW_TOPIC',
  replay: 'KAFKA_REPLAY_TOPIC',
  replay_overflow: 'KAFKA_REPLAY_OVERFLOW_TOPIC',
} as const;

const all = readCorpus().flatMap(({ cases }) => cases);
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

describe.each(groupByEnv(all.filter(isRun)))('the corpus through Kafka, with $env', ({ env, cases }) => {
  const topics = new Map<string, EphemeralTopic>();
  const answers = new Map<string, WireAnswer>();
  let byCase = new Map<string, SeenMessage[]>();
  let gateway: Gateway;
  // Times in the cases count from here; messages are compared with their own `now`.
  const given = cases.map((one) => fillIn(one, Date.now()));

  beforeAll(async () => {
    const hosts = process.env.KAFKA_HOSTS ?? '';
    const named: Record<string, string> = {};
    for (const [route, variable] of Object.entries(LANES)) {
      const topic = await EphemeralTopic.create(hosts, { partitions: 1 });
      topics.set(route, topic);
      named[variable] = topic.name;
    }
    gateway = await startGateway({ env: { OUTPUT: 'kafka', KAFKA_HOSTS: hosts, LOG_LEVEL: 'warn', ...named, ...fillInEnv(env) } });
    await Promise.all(
      shares(given, 4).map(async (share) => {
        for (const one of share) answers.set(one.id, await send(gateway.url, buildRequest(one.request!)));
      }),
    );
    byCase = await readByCase(topics, given);
  });
  afterAll(async () => {
    await gateway?.stop();
    await Promise.all([...topics.values()].map((topic) => topic.delete()));
  });

  it.each(given)('$id $title', (one) => {
    expect(compareCase(one, answers.get(one.id)!, byCase.get(one.id) ?? []).join('\n')).toBe('');
  });

  it('produces nothing that no case expects', () => {
    expect(byCase.get('') ?? []).toEqual([]);
  });

  it('logs nothing of what it was sent', () => {
    expect(given.filter((one) => gateway.logs().includes(tokenOf(one)))).toEqual([]);
    expect(gateway.logs()).not.toContain('203.0.113.9');
    expect(gateway.logs()).not.toMatch(/^ {4}at /m);
  });
});

afterAll(() => {
  agent.destroy();
  for (const line of tally(all)) console.log(`corpus: ${line}`);
});

/** Cases dealt to `count` connections, so that requests are mixed but few at a time. */
function shares(cases: readonly CorpusCase[], count: number): CorpusCase[][] {
  return Array.from({ length: count }, (_, share) => cases.filter((one) => cases.indexOf(one) % count === share));
}

/** A 200 means that its messages are in their topics: one reading is enough. Strays are under ''. */
async function readByCase(topics: ReadonlyMap<string, EphemeralTopic>, cases: readonly CorpusCase[]): Promise<Map<string, SeenMessage[]>> {
  // The longest token that fits, for `phc_k2` begins `phc_k20`, too.
  const owners = cases.map((one) => ({ id: one.id, token: tokenOf(one) })).toSorted((a, b) => b.token.length - a.token.length);
  const byCase = new Map<string, SeenMessage[]>();
  for (const [route, topic] of topics) {
    for (const { key, headers, value } of await topic.read()) {
      const owner = owners.find(({ token }) => headers.token?.startsWith(token))?.id ?? '';
      byCase.set(owner, [...(byCase.get(owner) ?? []), { route, key, headers, value: value.toString() }]);
    }
  }
  return byCase;
}

function send(base: string, { method, url, headers, body }: WireRequest): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const length = body ? { 'content-length': String(body.length) } : {};
    const outgoing = httpRequest(`${base}${url}`, { method, agent, headers: { ...headers, ...length } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      incoming.on('end', () => {
        const flat = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
        resolve({ status: incoming.statusCode ?? 0, headers: flat, body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject).end(body);
  });
}
