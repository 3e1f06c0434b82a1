import { ATTACKS } from '../faults/hostile-clients.ts';
import type { Scenario } from '../scenario.ts';
import { sleep, type Stage } from '../stage.ts';
import { noteAcks, untilDirect } from './outage.ts';

/** Short, so that the attackers are soon done with. */
const TIMEOUTS = { BODY_CHUNK_READ_TIMEOUT_MS: '1500', HTTP1_HEADER_READ_TIMEOUT_MS: '3000' };
const MEMORY_ROOM_MIB = 64;
/** Of the whole process, what its allocator keeps included. */
const MOST_RESIDENT_MIB = 400;

/** Bytes that requests hold, what V8 and its buffers hold, and what the process has of the machine. */
async function heldMiB(stage: Stage): Promise<{ inFlight: number; memory: number; resident: number }> {
  const metrics = await stage.metrics();
  const of = (name: string) => (metrics.get(name) ?? 0) / (1 << 20);
  const memory = of('nodejs_heap_size_used_bytes') + of('nodejs_external_memory_bytes');
  return { inFlight: of('capture_in_flight_bytes'), memory, resident: of('process_resident_memory_bytes') };
}

export const HOSTILE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'hostile-clients',
    proves: 'slow, half-open, aborting, bombing, flooding and smuggling clients: the process stays, memory returns, honest traffic flows',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      const { url, pid } = await stage.open(TIMEOUTS);
      const port = Number(new URL(url).port);
      const load = stage.load({ rate: 100 });
      await untilDirect(stage, load);
      await sleep(1500);
      const before = await heldMiB(stage);
      for (const { name, run } of ATTACKS) {
        const told = await run(port).catch((error: unknown) => {
          stage.check(false, `${name}: ${(error as Error).message}`);
          return 'failed';
        });
        stage.note(`${name}: ${told}`);
      }
      let after = before;
      const isBack = async () => {
        after = await heldMiB(stage);
        return after.inFlight < 1 && after.memory < before.memory + MEMORY_ROOM_MIB && after.resident < MOST_RESIDENT_MIB;
      };
      await stage.until('memory returned', isBack, 60).catch(() => stage.check(false, 'memory did not return within a minute'));
      stage.note(
        `heap and buffers: ${before.memory.toFixed(0)} MiB before, ${after.memory.toFixed(0)} after; requests hold ${after.inFlight.toFixed(1)}; ` +
          `resident: ${before.resident.toFixed(0)} MiB before, ${after.resident.toFixed(0)} after`,
      );
      noteAcks(stage, await stage.end(load));
      stage.check(stage.gateway.pid === pid && (await fetch(`${url}/_liveness`)).ok, 'the process did not stay up');
      await stage.untilDrained();
      return stage.judge({
        acknowledgedShare: 0.95,
        duplicates: stage.peakInFlight,
        because: 'nothing happens to the broker, but it may be late',
      });
    },
  },
];
