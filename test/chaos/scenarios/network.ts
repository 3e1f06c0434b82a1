import type { Weather } from '../faults/tcp-proxy.ts';
import type { Scenario } from '../scenario.ts';
import { sleep, type Stage } from '../stage.ts';
import type { World } from '../world.ts';
import { noteAcks, throughFault, untilDirect } from './outage.ts';

/** A load over the proxy, while its weather is bad for some seconds. */
async function inWeather(stage: Stage, world: World, weather: Weather, seconds: number) {
  const broker = await world.broker();
  await stage.topics(broker.hosts);
  await stage.open({ KAFKA_HOSTS: broker.proxied });
  const fair = () => (broker.proxy.weather = { kind: 'fair' });
  stage.defer(fair);
  await throughFault(stage, stage.load(), { begin: () => (broker.proxy.weather = weather), seconds, end: fair });
  return stage.judge({ acknowledgedShare: 0.99, duplicates: stage.peakInFlight, because: 'requests under way when it began' });
}

export const NETWORK_SCENARIOS: readonly Scenario[] = [
  {
    name: 'net-black-hole',
    proves: 'connections to the broker stand and nothing comes through: the deadline bridges it, the answers that come late do no harm',
    isShort: true,
    run: (stage, world) => inWeather(stage, world, { kind: 'black-hole' }, 8),
  },
  {
    name: 'net-delay',
    proves: 'a broker three seconds away, further than the delivery deadline: spooled, and drained when it is near again',
    isShort: false,
    run: (stage, world) => inWeather(stage, world, { kind: 'delay', ms: 1500 }, 12),
  },
  {
    name: 'net-latency',
    proves: 'a broker 200 ms away is slow and nothing else: all goes directly',
    isShort: false,
    async run(stage, world) {
      const row = await inWeather(stage, world, { kind: 'delay', ms: 100 }, 8);
      const spooled = (await stage.metrics()).get('capture_spool_spooled_total') ?? 0;
      return spooled === 0 ? row : { ...row, problems: [...row.problems, `${spooled} messages were spooled`] };
    },
  },
  {
    name: 'net-throttle',
    proves: 'a line too thin for the load: what does not fit through in time is spooled, and follows',
    isShort: false,
    run: (stage, world) => inWeather(stage, world, { kind: 'throttle', bytesPerSecond: 20_000 }, 12),
  },
  {
    name: 'net-resets',
    proves: 'connections to the broker are reset again and again: batches are sent again in their place',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({ KAFKA_HOSTS: broker.proxied });
      const load = stage.load();
      await untilDirect(stage, load);
      const resets = 12;
      for (let i = 0; i < resets; i++) {
        await sleep(150 + Math.random() * 500);
        broker.proxy.resetAll();
      }
      await untilDirect(stage, load);
      await sleep(1000);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      return stage.judge({
        acknowledgedShare: 0.99,
        duplicates: resets * stage.peakInFlight,
        because: 'requests under way at twelve resets',
      });
    },
  },
];
