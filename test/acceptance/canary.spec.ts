import { EphemeralTopic, startGateway, type Gateway } from '@app/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signalProcess } from '../chaos/faults/processes.ts';
import { isOnPath } from '../services/commands.ts';
import { startKafka, type Broker } from '../services/kafka.ts';

const PATIENT = { timeout: 30_000, interval: 200 };
const NAMES = ['TOPIC', 'OVERFLOW_TOPIC', 'HISTORICAL_TOPIC', 'ERROR_TRACKING_TOPIC', 'HEATMAPS_TOPIC', 'REPLAY_TOPIC', 'DLQ_TOPIC'];

/** A broker of this file's own, to be frozen. */
describe.skipIf(!isOnPath('java'))('the canary with a real broker', () => {
  let broker: Broker;
  let users: EphemeralTopic;
  let canaries: EphemeralTopic;
  let gateway: Gateway;

  beforeAll(async () => {
    broker = await startKafka({ line: '4.x' });
    users = await EphemeralTopic.create(broker.hosts);
    canaries = await EphemeralTopic.create(broker.hosts, { partitions: 3 });
  });
  afterEach(() => gateway?.stop('SIGKILL'));
  afterAll(async () => {
    signalProcess('java', broker.folder, 'SIGCONT');
    await users?.delete();
    await canaries?.delete();
    await broker?.stop();
  });

  async function open(env: Record<string, string> = {}): Promise<void> {
    const topics = Object.fromEntries(NAMES.map((name) => [`KAFKA_${name}`, users.name]));
    const canary = { CANARY_ENABLED: 'true', CANARY_TOPIC: canaries.name, CANARY_INTERVAL_MS: '200' };
    gateway = await startGateway({
      env: { KAFKA_HOSTS: broker.hosts, KAFKA_DELIVERY_DEADLINE_MS: '300', LOG_LEVEL: 'warn', ...topics, ...canary, ...env },
    });
  }

  const metricsPage = async () => (await fetch(`${gateway.url}/metrics`)).text();
  /** Of all series that begin so. */
  function sumIn(page: string, start: string): number {
    const lines = page.split('\n').filter((line) => line.startsWith(start));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }
  const metric = async (start: string) => sumIn(await metricsPage(), start);
  const answers = (result: string) => metric(`capture_canary_answers_total{result="${result}"}`);
  const age = (fate: string) => metric(`capture_canary_age_seconds{fate="${fate}"}`);

  it('arrives; while the broker is frozen it is spooled and ages; then it arrives again, the spooled ones too', async () => {
    await open();
    // Within its patience, so it is the broker that was found.
    await expect.poll(async () => (await fetch(`${gateway.url}/startupz`)).status, { ...PATIENT, timeout: 8000 }).toBe(200);
    await expect.poll(() => answers('kafka'), PATIENT).toBeGreaterThan(2);
    expect(await age('delivered')).toBeLessThan(5);

    signalProcess('java', broker.folder, 'SIGSTOP');
    await expect.poll(() => answers('spool'), PATIENT).toBeGreaterThan(3);
    await expect.poll(() => age('delivered'), PATIENT).toBeGreaterThan(2);
    expect(await age('acknowledged')).toBeLessThan(await age('delivered'));

    const before = await answers('kafka');
    signalProcess('java', broker.folder, 'SIGCONT');
    await expect.poll(() => answers('kafka'), PATIENT).toBeGreaterThan(before);
    await expect.poll(() => metric('capture_spool_pending_events '), PATIENT).toBe(0);
    await expect.poll(() => age('delivered'), PATIENT).toBeLessThan(2);
    // Not counted as delivered before it was.
    // Of one page: the next is a second later, and the canary goes on.
    const page = await metricsPage();
    const [delivered, direct, drained] = [
      sumIn(page, 'capture_canary_seconds_count{fate="delivered"}'),
      sumIn(page, 'capture_canary_answers_total{result="kafka"}'),
      sumIn(page, 'capture_spool_drained_total '),
    ];
    expect(drained).toBeGreaterThan(3);
    expect(Math.abs(delivered - direct - drained)).toBeLessThanOrEqual(1);

    expect(await metric('capture_events_')).toBe(0);
    await gateway.stop('SIGTERM');
    const read = await canaries.read();
    expect(read.length).toBeGreaterThanOrEqual(delivered);
    expect(new Set(read.map(({ headers }) => headers.token))).toEqual(new Set(['inlet_canary']));
    expect(await users.read()).toEqual([]);
  });

  it('reaches any of two workers, whose primary lets them know each other’s', async () => {
    await open({ WORKERS: '2' });
    const requests = (worker: number) => metric(`capture_worker_http_requests_total{worker="${worker}"}`);
    for (const worker of [1, 2]) await expect.poll(() => requests(worker), PATIENT).toBeGreaterThan(3);
    expect(await answers('kafka')).toBeGreaterThan(3);
    expect(await answers('refused')).toBe(0);
  });

  it('says at the boot that its topic is not there', async () => {
    await open({ CANARY_TOPIC: 'inlet-test-no-canaries' });
    await expect.poll(() => gateway.logs(), PATIENT).toContain('topic inlet-test-no-canaries (CANARY_TOPIC): UNKNOWN_TOPIC_OR_PARTITION');
  });
});
