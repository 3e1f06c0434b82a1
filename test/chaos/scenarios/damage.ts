import { join } from 'node:path';
import { cutTail, flipBit, segmentsOf, zeroPage } from '../faults/damage.ts';
import type { Scenario } from '../scenario.ts';
import { sleep } from '../stage.ts';
import { noteAcks, untilAck, untilDirect } from './outage.ts';

/** Of a record with 400 bytes of filler there are at most so many in what we spoil: one for the bit, a page's, and the tail's. */
const SPOILT_RECORDS = 1 + 5 + 2;

export const DAMAGE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'spool-damaged',
    proves: 'a flipped bit, a zeroed page and a cut tail in the spool cost those records, are told, and nothing else',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({});
      stage.defer(() => broker.resume());
      const load = stage.load();
      await untilDirect(stage, load);
      broker.freeze();
      await untilAck(stage, load, /^spool$/);
      await sleep(4000);
      noteAcks(stage, await stage.end(load));
      await stage.gateway.stop('SIGKILL');
      const files = segmentsOf(join(stage.dataDir, 'spool'));
      stage.check(files.length > 0, 'there is no spool to spoil');
      flipBit(files[0], 0.3);
      zeroPage(files[0], 0.6);
      cutTail(files.at(-1)!, 700);
      await stage.open();
      broker.resume();
      const later = stage.load();
      await untilDirect(stage, later);
      noteAcks(stage, await stage.end(later));
      await stage.untilDrained();
      const damaged = (await stage.metrics()).get('capture_log_damaged_bytes_total') ?? 0;
      stage.note(`damage told: ${damaged} bytes`);
      stage.check(damaged > 0, 'the damage is not counted');
      stage.check(/\.seg/.test(stage.gateway.logs()), 'no line of the log names a damaged file');
      return stage.judge({
        acknowledgedShare: 0.99,
        lost: SPOILT_RECORDS,
        duplicates: stage.peakInFlight,
        because: 'requests under way at the freeze',
      });
    },
  },
];
