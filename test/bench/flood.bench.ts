/*
 * How long acknowledgements of events take while recordings flood in:
 *
 *     npm run build && node test/bench/flood.bench.ts [pairs] [REPLAY_THREAD] [dist folder's parent]
 *
 * One gateway, one event a request at a constant rate (open loop): alone, then beside a flood, in turn. Two floods: recordings as
 * SDKs send them, and bodies as large as /s takes, each on as many connections as keep it busy all the time. All of it, the
 * broker too, is on this machine: what the flood takes from the processors is in the figures. Before the first pair each flood runs
 * for a while, so that the gateway's thread has started and both compilers, V8's and the broker's, have seen it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FloodKind, FloodOptions } from './flood/flood.ts';
import { median } from './gateway/measure.ts';
import { onStage } from './stage.ts';

const [pairs = '5', replayThread = 'on', folder] = process.argv.slice(2);
const EVENTS = { load: 'single', seconds: 8, connections: 32, requestsPerSecond: 200 } as const;
const WARM_UP_SECONDS = 20;
const CONNECTIONS: Readonly<Record<FloodKind, number>> = { usual: 16, largest: 3 };

await onStage(async (stage) => {
  const gateway = await stage.gateway('gateway', {
    env: { REPLAY_THREAD: replayThread },
    ...(folder !== undefined && { folder }),
  });
  await stage.measure(gateway, EVENTS);
  for (const kind of ['usual', 'largest'] as const) {
    const ratios: number[] = [];
    const warmUp = startFlood({ url: gateway.url, kind, connections: CONNECTIONS[kind] });
    await stage.measure(gateway, { ...EVENTS, seconds: WARM_UP_SECONDS });
    await warmUp.stop();
    for (let pair = 0; pair < Number(pairs); pair++) {
      const alone = await stage.measure(gateway, EVENTS);
      const flood = startFlood({ url: gateway.url, kind, connections: CONNECTIONS[kind] });
      await sleep(1_500);
      const beside = await stage.measure(gateway, EVENTS);
      const answers = await flood.stop();
      ratios.push(beside.p99 / alone.p99);
      const text = (of: typeof alone) => `p50 ${of.p50.toFixed(1)} ms, p99 ${of.p99.toFixed(1)} ms, late ${of.late}`;
      console.log(`${kind}: alone ${text(alone)}; beside ${text(beside)}; recordings answered ${JSON.stringify(answers)}`);
    }
    console.log(`${kind}: p99 beside the flood is ${median(ratios).toFixed(2)} times the one alone (median of ${pairs} pairs)\n`);
  }
}, 'stock');

function startFlood(options: FloodOptions) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'flood/flood.ts'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    async stop(): Promise<unknown> {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
      return JSON.parse(output);
    },
  };
}
