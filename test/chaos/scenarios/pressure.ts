import { execFileSync } from 'node:child_process';
import { isOnPath } from '../../services/commands.ts';
import type { Scenario } from '../scenario.ts';
import { sleep, type Stage } from '../stage.ts';
import type { World } from '../world.ts';
import { checkRefusals } from './disk.ts';
import { now, noteAcks, noteOutage, untilAck, untilDirect } from './outage.ts';

/** 400 MB. */
const FROZEN_LIMIT_MIB = 381;

/** The broker stays frozen under a load of many events, for a minute. */
async function frozenForLong(stage: Stage, world: World, seconds: number, limit?: (pid: number) => void) {
  const broker = await world.broker();
  await stage.topics(broker.hosts);
  await stage.open({});
  limit?.(stage.gateway.pid);
  const load = stage.load({ rate: 200, keys: 400, eventsPerRequest: 10, eventBytes: 1000 });
  stage.defer(() => broker.resume());
  await untilDirect(stage, load);
  await sleep(2000);
  const began = now();
  broker.freeze();
  let external = 0;
  for (let i = 0; i < seconds; i++) {
    external = Math.max(external, ((await stage.metrics()).get('nodejs_external_memory_bytes') ?? 0) / (1 << 20));
    await sleep(1000);
  }
  const ended = now();
  broker.resume();
  await untilDirect(stage, load, 120);
  const result = await stage.end(load);
  noteOutage(stage, result, began, ended);
  noteAcks(stage, result);
  await stage.untilDrained(180);
  const anonymous = stage.memory?.anonymous ?? NaN;
  // Buffers are anonymous memory: what Node calls external is in the first figure already, as far as it was ever written to.
  stage.note(`peak: anonymous ${anonymous.toFixed(0)} MiB, of which external at most ${external.toFixed(0)}`);
  stage.check(!(anonymous >= FROZEN_LIMIT_MIB), `anonymous memory reached ${anonymous.toFixed(0)} MiB`);
  return stage.judge({ acknowledgedShare: 0.95, duplicates: stage.peakInFlight, because: 'events under way at the freeze' });
}

export const PRESSURE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'spool-limit',
    proves: 'the spool reaches SPOOL_MAX_BYTES: 503 with a jittered Retry-After, and it recovers when the broker does',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({ SPOOL_MAX_BYTES: String(16 << 20), SPOOL_PROJECT_SHARE: '1' });
      const load = stage.load({ rate: 100, keys: 400, eventsPerRequest: 10, eventBytes: 3000 });
      stage.defer(() => broker.resume());
      await untilDirect(stage, load);
      broker.freeze();
      await untilAck(stage, load, /^spool$/);
      await stage.until('a refusal', () => load.progress.status === 503);
      await sleep(1500);
      broker.resume();
      await untilDirect(stage, load);
      await sleep(500);
      const result = await stage.end(load);
      noteAcks(stage, result);
      checkRefusals(stage, result);
      await stage.untilDrained();
      return stage.judge({
        acknowledgedShare: 0.2,
        duplicates: 2 * stage.peakInFlight,
        because: 'events under way at the freeze and at the limit',
      });
    },
  },
  {
    name: 'noisy-project',
    proves: 'one noisy project fills its share of the spool and is refused, the quiet one is not',
    isShort: false,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({ SPOOL_MAX_BYTES: String(32 << 20) });
      const noisy = stage.load({ rate: 100, keys: 400, eventsPerRequest: 10, eventBytes: 3000, token: 'phc_noisy' });
      const quiet = stage.load({ rate: 20, token: 'phc_quiet' });
      stage.defer(() => broker.resume());
      await untilDirect(stage, noisy);
      await untilDirect(stage, quiet);
      broker.freeze();
      await untilAck(stage, quiet, /^spool$/);
      await stage.until('a refusal', () => noisy.progress.status === 503);
      await sleep(4000);
      broker.resume();
      await untilDirect(stage, noisy, 120);
      const [loud, soft] = [await stage.end(noisy), await stage.end(quiet)];
      noteAcks(stage, loud);
      noteAcks(stage, soft);
      checkRefusals(stage, loud);
      const refused = soft.records.filter(({ status }) => status !== 200).length;
      stage.check(refused === 0, `${refused} requests of the quiet project were not acknowledged`);
      await stage.untilDrained();
      return stage.judge({
        acknowledgedShare: 0.2,
        duplicates: 2 * stage.peakInFlight,
        because: 'events under way at the freeze and at the limit',
      });
    },
  },
  {
    name: 'frozen-minute',
    proves: `the broker is frozen for a minute under 2,000 events a second: memory, buffers included, stays under 400 MB`,
    isShort: false,
    run: (stage, world) => frozenForLong(stage, world, 60),
  },
  {
    name: 'frozen-limited',
    proves: 'the same for 20 seconds when the kernel grants no more (RLIMIT_DATA): it is not ended by it',
    isShort: false,
    run: (stage, world) =>
      frozenForLong(stage, world, 20, (pid) => {
        if (!isOnPath('prlimit')) return stage.note('no prlimit here: not limited');
        // What V8 and the threads' stacks only reserve counts as well: that is granted on top.
        const reserved = stage.reserved() - stage.anonymousNow();
        execFileSync('prlimit', ['--pid', String(pid), `--data=${Math.round((reserved + FROZEN_LIMIT_MIB) * (1 << 20))}`]);
        stage.note(`limited to ${FROZEN_LIMIT_MIB} MiB, beside ${reserved.toFixed(0)} MiB that are reserved and unused`);
      }),
  },
  {
    name: 'poison',
    proves: 'messages that the topic does not take go to the dead-letter topic with a reason, and hold up nothing',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts, { settings: { 'max.message.bytes': '20000' } });
      stage.defer(() => broker.resume());
      broker.freeze();
      // Unable to ask for the topic's limit, it takes what its own allows.
      await stage.open({});
      const load = stage.load();
      const poison = stage.load({ rate: 5, keys: 5, eventBytes: 40_000 });
      await untilAck(stage, poison, /^spool$/);
      await sleep(2000);
      const bad = await stage.end(poison);
      broker.resume();
      await untilDirect(stage, load);
      await sleep(500);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      const dead = (await stage.metrics()).get('capture_spool_dead_lettered_total') ?? 0;
      stage.note(`${dead} dead letters of ${bad.offered} poison messages`);
      stage.check(dead === bad.offered, `${bad.offered} poison messages were acknowledged, ${dead} went to the dead-letter topic`);
      return stage.judge({ acknowledgedShare: 0.99, duplicates: 0, because: 'nothing was under way' });
    },
  },
];
