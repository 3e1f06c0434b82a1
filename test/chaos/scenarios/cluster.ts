import { addPartitions, createTopic, deleteTopic, leadersOf } from '../faults/topics.ts';
import type { Load } from '../load/load.ts';
import type { Scenario } from '../scenario.ts';
import { sleep, type Stage } from '../stage.ts';
import { noteAcks, throughFault, untilAck, untilDirect } from './outage.ts';

/** Every leader acknowledges again: the latest answers are all direct. */
async function untilAllDirect(stage: Stage, load: Load): Promise<void> {
  await stage.untilDrained(120);
  await untilDirect(stage, load);
}

const TWO_COPIES = { partitions: 6, replicas: 3, settings: { 'min.insync.replicas': '2' } };

export const CLUSTER_SCENARIOS: readonly Scenario[] = [
  {
    name: 'cluster-leader-killed',
    proves: 'one of three brokers is killed (-9): its partitions get other leaders, and everything goes on',
    isShort: false,
    async run(stage, world) {
      const cluster = await world.cluster();
      await stage.topics(cluster.hosts, TWO_COPIES);
      await stage.open({});
      const load = stage.load();
      await throughFault(stage, load, { begin: () => cluster.kill(1), seconds: 12, end: () => cluster.restart(1) });
      return stage.judge({
        acknowledgedShare: 0.99,
        duplicates: 2 * stage.peakInFlight,
        because: 'requests under way at the kill and at the election',
      });
    },
  },
  {
    name: 'cluster-one-away',
    proves: 'one of three brokers is frozen and its partitions have no other copy: those are spooled, the others stay direct',
    isShort: false,
    async run(stage, world) {
      const cluster = await world.cluster();
      await stage.topics(cluster.hosts, { partitions: 6, replicas: 1 });
      const leaders = await leadersOf(cluster.hosts, stage.topic);
      stage.note(`leaders of the partitions: ${leaders.join(' ')}`);
      await stage.open({});
      const load = stage.load();
      await untilDirect(stage, load);
      await sleep(1500);
      stage.defer(() => cluster.resume(leaders[0]));
      cluster.freeze(leaders[0]);
      await untilAck(stage, load, /^spool$/);
      await sleep(3000);
      const [before, at] = [await produced(stage), load.progress.acknowledged];
      await sleep(3000);
      const [direct, all] = [(await produced(stage)) - before, load.progress.acknowledged - at];
      stage.note(`with one broker away, ${direct} of ${all} went directly to the other two`);
      stage.check(direct > all / 3, `only ${direct} of ${all} went directly while two of three brokers were there`);
      cluster.resume(leaders[0]);
      await untilAllDirect(stage, load);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      return stage.judge({
        acknowledgedShare: 0.99,
        duplicates: 2 * stage.peakInFlight,
        because: 'requests under way at the freeze and at the return',
      });
    },
  },
  {
    name: 'cluster-not-enough-replicas',
    proves: 'brokers refuse with NOT_ENOUGH_REPLICAS: spooled, and drained when the third one is back',
    isShort: false,
    async run(stage, world) {
      const cluster = await world.cluster();
      await stage.topics(cluster.hosts, { partitions: 3, replicas: 3, settings: { 'min.insync.replicas': '3' } });
      await stage.open({});
      const load = stage.load();
      await throughFault(stage, load, { begin: () => cluster.kill(3), seconds: 14, end: () => cluster.restart(3) });
      const spooled = (await stage.metrics()).get('capture_spool_spooled_total') ?? 0;
      stage.check(spooled > 0, 'nothing was spooled: the fault did not bite');
      return stage.judge({
        acknowledgedShare: 0.99,
        duplicates: 2 * stage.peakInFlight,
        because: 'requests under way at the kill, refused after they were appended',
      });
    },
  },
  {
    name: 'cluster-topic-deleted',
    proves: 'the topic is deleted and made again: what comes meanwhile is spooled, and follows',
    isShort: false,
    async run(stage, world) {
      const cluster = await world.cluster();
      await stage.topics(cluster.hosts, TWO_COPIES);
      await stage.open({});
      const before = stage.load({ rate: 50 });
      await untilDirect(stage, before);
      // What was in the topic dies with it, so this load is not the row's.
      await before.stop();
      await deleteTopic(cluster.hosts, stage.topic);
      const load = stage.load();
      await untilAck(stage, load, /^spool$/);
      await sleep(4000);
      await createTopic(cluster.hosts, stage.topic, TWO_COPIES);
      await untilAllDirect(stage, load);
      await sleep(1000);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      return stage.judge({ acknowledgedShare: 0.99, duplicates: stage.peakInFlight, because: 'requests under way at the deletion' });
    },
  },
  {
    name: 'cluster-partitions-added',
    proves: 'partitions are added under load, also while some of it is in the spool: order holds within each partition',
    isShort: false,
    async run(stage, world) {
      const cluster = await world.cluster();
      await stage.topics(cluster.hosts, TWO_COPIES);
      await stage.open({ KAFKA_METADATA_MAX_AGE_MS: '2000' });
      const load = stage.load();
      await untilDirect(stage, load);
      await sleep(1000);
      await addPartitions(cluster.hosts, stage.topic, 9);
      await sleep(3000);
      stage.defer(() => [1, 2, 3].forEach((id) => cluster.resume(id)));
      for (const id of [1, 2, 3]) cluster.freeze(id);
      await untilAck(stage, load, /^spool$/);
      await sleep(2000);
      for (const id of [1, 2, 3]) cluster.resume(id);
      await addPartitions(cluster.hosts, stage.topic, 12);
      await untilAllDirect(stage, load);
      await sleep(2000);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      return stage.judge({
        acknowledgedShare: 0.99,
        duplicates: 2 * stage.peakInFlight,
        because: 'requests under way at the freeze and at the return',
      });
    },
  },
];

async function produced(stage: Stage): Promise<number> {
  const metrics = await stage.metrics();
  return metrics.get('capture_events_ingested_total') ?? 0;
}
