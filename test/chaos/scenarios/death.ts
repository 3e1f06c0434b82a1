import type { Scenario } from '../scenario.ts';
import { sleep, type Stage } from '../stage.ts';
import { noteAcks, untilAck, untilDirect } from './outage.ts';

const GRACE_MS = 8000;
/** The drain sends chunks of 1 MiB; so many of these events are one. */
const CHUNK_MESSAGES = 1000;
/** Kept connections are told to close before they are cut, as in production. */
const SHUTDOWN = { SHUTDOWN_GRACE_MS: String(GRACE_MS), SHUTDOWN_DRAIN_MS: '2000' };
/** Of the requests that find a gateway; with -9 it takes those under way along. */
const SHARE = { acknowledgedShare: 0.9, isGatewayAway: true };
const SHARE_KILLED = { acknowledgedShare: 0.5, isGatewayAway: true };

/** Ends the gateway in the middle of a load and starts it again on its data. */
async function endAndReopen(stage: Stage, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const began = performance.now();
  const code = await stage.gateway.stop(signal);
  const ms = performance.now() - began;
  if (signal === 'SIGTERM') {
    stage.note(`ended with ${code} after ${ms.toFixed(0)} ms of ${GRACE_MS}`);
    stage.check(code === 0, `it ended with ${code}, not 0: ${stage.gateway.logs().slice(-500)}`);
    // What it may take beyond the grace is its timers' inexactness on a busy machine.
    stage.check(ms < GRACE_MS + 3000, `it took ${ms.toFixed(0)} ms, with ${GRACE_MS} of grace`);
  }
  await stage.open();
}

export const DEATH_SCENARIOS: readonly Scenario[] = [
  {
    name: 'term',
    proves: 'SIGTERM under load: requests under way are answered, exit 0 within the grace, nothing acknowledged is lost',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open(SHUTDOWN);
      const load = stage.load();
      await untilDirect(stage, load);
      await sleep(1500);
      await endAndReopen(stage, 'SIGTERM');
      await sleep(2000);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      return stage.judge({ ...SHARE, duplicates: stage.peakInFlight, because: 'requests under way at the signal' });
    },
  },
  {
    name: 'term-broker-frozen',
    proves: 'SIGTERM with a frozen broker: the rest is in the spool, exit 0 within the grace, and the next process drains it',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open(SHUTDOWN);
      const load = stage.load();
      await untilDirect(stage, load);
      stage.defer(() => broker.resume());
      broker.freeze();
      await sleep(1000);
      await endAndReopen(stage, 'SIGTERM');
      await untilAck(stage, load, /^spool$/);
      await sleep(1000);
      broker.resume();
      await untilDirect(stage, load);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      return stage.judge({ ...SHARE, duplicates: stage.peakInFlight, because: 'requests under way at the freeze' });
    },
  },
  {
    name: 'kill-9',
    proves: 'the gateway is killed (-9) under load with the broker up: what was acknowledged is there',
    isShort: false,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({});
      const load = stage.load({ rate: 400, keys: 200 });
      await untilDirect(stage, load);
      for (let i = 0; i < 3; i++) {
        await sleep(1500);
        await endAndReopen(stage, 'SIGKILL');
      }
      await untilDirect(stage, load);
      await sleep(1000);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      return stage.judge({ ...SHARE_KILLED, duplicates: 0, because: 'the generator sends nothing twice' });
    },
  },
  {
    name: 'kill-9-broker-down',
    proves: 'broker and gateway are killed (-9) one after the other: after both are back, all that was acknowledged arrives, in order',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({});
      const load = stage.load();
      await untilDirect(stage, load);
      await sleep(1000);
      await broker.kill();
      await untilAck(stage, load, /^spool$/);
      await sleep(1500);
      await endAndReopen(stage, 'SIGKILL');
      await sleep(1500);
      const recovered = (await stage.metrics()).get('capture_spool_recovered_total') ?? 0;
      stage.note(`the new process found ${recovered} in the spool`);
      stage.check(recovered > 0, 'the new process found nothing in the spool');
      await broker.restart();
      await untilDirect(stage, load);
      await sleep(1000);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      return stage.judge({ ...SHARE_KILLED, duplicates: stage.peakInFlight, because: 'requests under way at the kills' });
    },
  },
  {
    name: 'kill-9-draining',
    proves: 'the gateway is killed (-9) in the middle of a drain: the next one repeats one chunk at most',
    isShort: false,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({ SPOOL_DRAIN_SHARE: '0.05' });
      const load = stage.load({ rate: 100, keys: 100, eventsPerRequest: 10 });
      await untilDirect(stage, load);
      stage.defer(() => broker.resume());
      broker.freeze();
      await sleep(8000);
      broker.resume();
      const drained = async () => (await stage.metrics()).get('capture_spool_drained_total') ?? 0;
      // More than the bound below: a drain that began anew would show.
      await stage.until('the drain is well under way', async () => (await drained()) > 4 * CHUNK_MESSAGES);
      await endAndReopen(stage, 'SIGKILL');
      await sleep(2000);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained(120);
      const duplicates = stage.peakInFlight + 2 * CHUNK_MESSAGES;
      return stage.judge({ ...SHARE_KILLED, duplicates, because: 'requests at the freeze, and a chunk of the drain at the kill' });
    },
  },
];
