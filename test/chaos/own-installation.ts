// `npm run test:chaos -- --url …`: the generator and the reader against an installation of the operator's own. Breaks nothing.
import { parseArgs } from 'node:util';
import { Load } from './load/load.ts';
import { LIMITS } from './load/plan.ts';
import { findEvents } from './read/found-events.ts';
import { TopicReader } from './read/topic-reader.ts';
import { rowOf } from './verdict/row.ts';
import { tableOf } from './verdict/table.ts';

const USAGE = `npm run test:chaos -- --url http://HOST:PORT --kafka HOST:PORT[,…] --token TOKEN --topic TOPIC [--topic …]
    [--rate 50] [--seconds 30] [--keys 50] [--events 1] [--bytes 400] [--wait 10]

Sends harmless events ("chaos probe") at a fixed rate, at most ${LIMITS.foreign.rate} requests a second for ${LIMITS.foreign.maxSeconds} s, reads
the topics from where they ended before, and prints the table. Break what you like meanwhile. --topic can be given several
times (also the dead-letter topic); --wait is how many seconds the last events may take to arrive.`;

const OPTIONS = {
  url: { type: 'string' },
  kafka: { type: 'string' },
  token: { type: 'string' },
  topic: { type: 'string', multiple: true },
  rate: { type: 'string', default: '50' },
  seconds: { type: 'string', default: '30' },
  keys: { type: 'string', default: '50' },
  events: { type: 'string', default: '1' },
  bytes: { type: 'string', default: '400' },
  wait: { type: 'string', default: '10' },
} as const;

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: OPTIONS });
  const { url, kafka, token, topic: topics } = values;
  if (url === undefined || kafka === undefined || token === undefined || topics === undefined) throw new RangeError(USAGE);
  const begins = new Map<string, readonly bigint[]>();
  for (const topic of topics) begins.set(topic, await new TopicReader(kafka, topic).ends());

  const plan = { url: url.replace(/\/+$/, ''), token, rate: Number(values.rate), maxSeconds: Number(values.seconds) };
  const shape = { keys: Number(values.keys), eventsPerRequest: Number(values.events), eventBytes: Number(values.bytes) };
  const load = Load.start({ ...plan, ...shape }, 'foreign');
  console.log(`sending ${plan.rate} requests a second for ${plan.maxSeconds} s; Ctrl-C ends it early`);
  process.once('SIGINT', () => void load.stop());
  const result = await load.ended;

  const acknowledged = result.records.filter(({ status }) => status === 200).reduce((sum, { events }) => sum + events, 0);
  const deadline = performance.now() + Number(values.wait) * 1000;
  let found = await findEvents(kafka, topics, begins);
  while (found.filter(({ run }) => run === result.plan.run).length < acknowledged && performance.now() < deadline) {
    await new Promise((done) => setTimeout(done, 1000));
    found = await findEvents(kafka, topics, begins);
  }
  const bounds = { acknowledgedShare: 0, duplicates: result.peakInFlight, because: 'events under way at a time' };
  const row = rowOf({ scenario: new URL(url).host, loads: [result], found, bounds, memory: undefined, notes: [], problems: [] });
  console.log(tableOf([row]));
  return row.problems.length === 0;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
