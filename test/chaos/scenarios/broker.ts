import type { Scenario } from '../scenario.ts';
import { sleep } from '../stage.ts';
import { now, noteAcks, noteOutage, throughFault, untilAck, untilDirect } from './outage.ts';

export const BROKER_SCENARIOS: readonly Scenario[] = [
  {
    name: 'broker-kill',
    proves: 'the only broker is killed (-9) and comes back: everything goes on being acknowledged, and arrives in order',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({});
      const load = stage.load({ rate: 500, keys: 250 });
      await throughFault(stage, load, { begin: () => broker.kill(), seconds: 6, end: () => broker.restart() });
      return stage.judge({ acknowledgedShare: 0.99, duplicates: stage.peakInFlight, because: 'requests under way at the kill' });
    },
  },
  {
    name: 'broker-freeze',
    proves: 'the only broker is frozen (SIGSTOP) and resumed: what it had taken without an answer comes twice at most',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({});
      const load = stage.load({ rate: 300, keys: 150 });
      stage.defer(() => broker.resume());
      await throughFault(stage, load, { begin: () => broker.freeze(), seconds: 8, end: () => broker.resume() });
      return stage.judge({ acknowledgedShare: 0.99, duplicates: stage.peakInFlight, because: 'requests under way at the freeze' });
    },
  },
  {
    name: 'broker-absent-at-boot',
    proves: 'the gateway boots without a broker, knows no partitions, acknowledges all the same, and delivers when one appears',
    isShort: false,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await broker.kill();
      await stage.open({});
      const load = stage.load();
      await untilAck(stage, load, /^spool$/);
      const began = now();
      await sleep(6000);
      const ended = now();
      await broker.restart();
      await untilDirect(stage, load);
      await sleep(1000);
      const result = await stage.end(load);
      await stage.untilDrained();
      noteOutage(stage, result, began, ended);
      noteAcks(stage, result);
      return stage.judge({ acknowledgedShare: 0.99, duplicates: 0, because: 'nothing was under way' });
    },
  },
  {
    name: 'broker-flapping',
    proves: 'a broker that dies again while the spool drains: the drain takes up where it was',
    isShort: false,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({});
      const load = stage.load({ rate: 300, keys: 150 });
      stage.defer(() => broker.resume());
      await untilDirect(stage, load);
      for (const seconds of [4, 4, 4]) {
        broker.freeze();
        await sleep(seconds * 1000);
        broker.resume();
        // In the middle of the drain, most likely.
        await sleep(400);
      }
      await untilDirect(stage, load);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      const duplicates = 3 * (stage.peakInFlight + 2000);
      return stage.judge({
        acknowledgedShare: 0.99,
        duplicates,
        because: 'three faults, each with requests and a chunk of the drain under way',
      });
    },
  },
];
