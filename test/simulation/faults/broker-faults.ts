import type { World } from '../world/world.js';
import type { Fault } from './fault.js';

/** Of Kafka 4.4 the least and the highest; beyond them is what a later release may add. */
export const ALL_CODES: readonly number[] = [...Array.from({ length: 138 }, (_, i) => i - 1), 999];
const COMMON_CODES = [3, 6, 7, 19, 20, 45];

const someNodes = ({ random, cluster }: World) => {
  const first = random.int(cluster.nodes.length);
  return random.chance(0.3) ? cluster.nodes : [cluster.nodes[first]];
};

export const ANY_ANSWER: Fault = {
  name: 'brokers answer anything',
  begin: ({ cluster, random, seed }) => {
    // Each code has its turn.
    const own = [ALL_CODES[seed % ALL_CODES.length], ALL_CODES[(seed * 7 + 3) % ALL_CODES.length]];
    cluster.codes = [...own, ...own, random.pick(COMMON_CODES), random.pick(ALL_CODES)];
    cluster.isStormy = true;
    return () => (cluster.isStormy = false);
  },
};

export const BROKER_FAULTS: readonly Fault[] = [
  {
    name: 'brokers freeze',
    begin: (world) => {
      const nodes = someNodes(world);
      for (const node of nodes) node.isFrozen = true;
      return () => nodes.forEach((node) => node.thaw());
    },
  },
  {
    name: 'brokers crash',
    begin: (world) => {
      const nodes = someNodes(world);
      for (const node of nodes) node.crash();
      return () => nodes.forEach((node) => (node.isDown = false));
    },
  },
  {
    name: 'brokers are slow',
    begin: (world) => {
      const nodes = someNodes(world);
      for (const node of nodes) node.slowestMs = 3000;
      return () => nodes.forEach((node) => (node.slowestMs = 5));
    },
  },
  {
    name: 'connections are cut',
    begin: ({ cluster, time }) => {
      let left = 10;
      const cut = () => {
        for (const node of cluster.nodes) node.cut();
        if (--left > 0) time.later(200, cut);
      };
      cut();
      return undefined;
    },
  },
  {
    name: 'leaders move',
    begin: ({ cluster, random, time }) => {
      let left = 10;
      const move = () => {
        for (const partition of cluster.partitions) if (random.chance(0.4)) partition.leader = random.int(cluster.nodes.length);
        if (--left > 0) time.later(300, move);
      };
      move();
      return undefined;
    },
  },
  {
    name: 'a partition has no leader',
    begin: ({ cluster, random }) => {
      const partition = random.pick(cluster.partitions);
      partition.isOffline = true;
      return () => (partition.isOffline = false);
    },
  },
  {
    name: 'a topic is away',
    begin: ({ cluster, random }) => {
      const topic = random.pick(['replay', 'events', 'dlq']);
      cluster.away.add(topic);
      return () => cluster.away.delete(topic);
    },
  },
  ANY_ANSWER,
  {
    name: 'the brokers’ clock is wrong',
    begin: ({ cluster, random }) => {
      cluster.clockAheadMs = random.pick([-7_200_000, 7_200_000]);
      return () => (cluster.clockAheadMs = 0);
    },
  },
  {
    name: 'our clock is wrong',
    begin: ({ time, random }) => {
      time.wallSteps = random.pick([-7_200_000, 7_200_000, -20 * 365 * 86_400_000]);
      return () => (time.wallSteps = 0);
    },
  },
];
