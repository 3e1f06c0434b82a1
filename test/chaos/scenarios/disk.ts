import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SmallDisk } from '../faults/small-disk.ts';
import type { LoadResult } from '../load/load.ts';
import type { Scenario } from '../scenario.ts';
import { sleep, type Stage } from '../stage.ts';
import { noteAcks, untilAck, untilDirect } from './outage.ts';

/** Every refusal is a 503 with a time to come back, jittered between 5 and 30 s. */
export function checkRefusals(stage: Stage, ...loads: readonly LoadResult[]): void {
  const refusals = loads.flatMap(({ records }) => records).filter(({ status }) => status !== 200);
  const wrong = refusals.filter(({ status, detail }) => status !== 503 || !(Number(detail) >= 5 && Number(detail) <= 30));
  stage.check(refusals.length > 0, 'nothing was refused: the fault did not bite');
  const [first] = wrong;
  stage.check(
    first === undefined,
    `${wrong.length} refusals are no 503 with Retry-After 5-30, for instance ${first?.status} ${first?.detail}`,
  );
  const values = new Set(refusals.map(({ detail }) => detail));
  stage.check(refusals.length < 50 || values.size > 1, 'Retry-After is not jittered');
}

async function readiness(stage: Stage): Promise<string> {
  return (await fetch(`${stage.gateway.url}/_readiness`)).text();
}

/** With a spool that cannot be used: refused while the broker is away, and as ever when it is back. */
async function withoutSpool(stage: Stage, broker: { freeze(): void; resume(): void }) {
  const detail = await readiness(stage);
  stage.check(/the spool cannot be used/.test(detail), `readiness does not tell that there is no spool: ${detail}`);
  stage.check(/SPOOL_DIR/.test(stage.gateway.logs()), 'the log does not name SPOOL_DIR');
  const load = stage.load({ rate: 100, keys: 400 });
  stage.defer(() => broker.resume());
  await untilDirect(stage, load);
  await sleep(2000);
  broker.freeze();
  await stage.until('a refusal', () => load.progress.status === 503);
  await sleep(3000);
  broker.resume();
  await untilDirect(stage, load);
  await stage.until('acknowledgements again', () => load.progress.status === 200);
  await sleep(2000);
  const result = await stage.end(load);
  noteAcks(stage, result);
  checkRefusals(stage, result);
  return stage.judge({ acknowledgedShare: 0.3, duplicates: 0, because: 'the generator resends nothing' });
}

export const DISK_SCENARIOS: readonly Scenario[] = [
  {
    name: 'spool-missing',
    proves: 'SPOOL_DIR cannot be made: told at boot and in readiness; without brokers 503, with them as ever',
    isShort: false,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      const file = join(stage.dataDir, 'a-file');
      writeFileSync(file, '');
      await stage.open({ SPOOL_DIR: join(file, 'spool') });
      return withoutSpool(stage, broker);
    },
  },
  {
    name: 'spool-read-only',
    proves: 'SPOOL_DIR is on a read-only file system: the same',
    isShort: false,
    mounts: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      const disk = new SmallDisk(16);
      stage.defer(() => disk.remove());
      disk.makeReadOnly();
      await stage.open({ SPOOL_DIR: join(disk.folder, 'spool') });
      return withoutSpool(stage, broker);
    },
  },
  {
    name: 'disk-full',
    proves: 'the disk of the spool fills up under load: 503, then the space returns and the same process stores and drains again',
    isShort: true,
    mounts: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      const disk = new SmallDisk(32);
      stage.defer(() => disk.remove());
      await stage.open({ SPOOL_DIR: join(disk.folder, 'spool') });
      const { pid } = stage.gateway;
      const load = stage.load({ rate: 100, keys: 400, eventsPerRequest: 5, eventBytes: 2000 });
      stage.defer(() => broker.resume());
      await untilDirect(stage, load);
      disk.fill(29);
      broker.freeze();
      await untilAck(stage, load, /^spool-ephemeral$/);
      await stage.until('a refusal', () => load.progress.status === 503);
      await sleep(2000);
      disk.clear();
      await stage.until('acknowledgements again', () => load.progress.status === 200);
      await sleep(1000);
      broker.resume();
      await untilDirect(stage, load);
      const result = await stage.end(load);
      noteAcks(stage, result);
      checkRefusals(stage, result);
      await stage.untilDrained();
      stage.check(stage.gateway.pid === pid && (await fetch(`${stage.gateway.url}/_liveness`)).ok, 'it is not the same process');
      return stage.judge({
        acknowledgedShare: 0.2,
        duplicates: 2 * stage.peakInFlight,
        because: 'requests under way at the freeze, and at the full disk',
      });
    },
  },
];
