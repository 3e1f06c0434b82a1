/*
 * What 100,000 projects in Redis cost a gateway: memory, and pauses of the event loop while they are refreshed.
 *
 *     npm run build && node --expose-gc test/bench/projects.bench.ts [projects] [dist]
 *
 * It starts a redis-server of its own. A pause is told twice: by the clock, which a busy machine makes longer, and by
 * the CPU time that the main thread spent in it, which is ours alone.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Redis } from 'ioredis';
import { startRedis } from '../services/redis.ts';

const [count = '100000', dist = 'dist'] = process.argv.slice(2);
const load = (room: string) => import(pathToFileURL(resolve(dist, `libs/${room}/src/index.js`)).href) as Promise<unknown>;
await import('reflect-metadata');
const { openDirectory, TokenConfig } = (await load('token')) as typeof import('../../libs/token/src/index.js');
const { RedisConfig, RedisConnections } = (await load('redis')) as typeof import('../../libs/redis/src/index.js');
const { SystemClock } = (await load('event')) as typeof import('../../libs/event/src/index.js');

const KEY = 'inlet/projects';
const PROJECTS = Number(count);
const MODES = ['keep', 'truncate', 'drop', 'hash'];
const MIB = 1024 * 1024;

const server = await startRedis();
const writer = new Redis(server.url);
const connections = new RedisConnections(Object.assign(new RedisConfig(), { url: server.url }));
try {
  await write(0, PROJECTS, 1);
  const before = memory();
  const config = Object.assign(new TokenConfig(), { source: 'redis' as const, refreshMs: 1000, staleAfterMs: 3_600_000 });
  const directory = openDirectory(config, new SystemClock(), connections);
  const readAgain = async () => {
    const { ageSeconds: age = Infinity } = directory.facts();
    const begin = performance.now();
    // It is younger than our wait once it was read again.
    while ((directory.facts().ageSeconds ?? Infinity) >= age + (performance.now() - begin) / 1000 - 0.001) await sleep(5);
  };
  await pauses(`read ${PROJECTS} for the first time`, async () => {
    while (directory.facts().projects < PROJECTS) await sleep(5);
  });
  console.log(`memory: ${((memory() - before) / MIB).toFixed(1)} MiB for ${directory.facts().projects} projects`);
  await pauses('read again, nothing changed', readAgain);
  await write(0, PROJECTS / 100, 2);
  await pauses('read again, 1 in 100 changed', readAgain);
  await write(0, PROJECTS, 3);
  await pauses('read again, all changed', readAgain);
  await writer.set(`${KEY}:version`, '1');
  await readAgain();
  await pauses('asked, the counter stood still', readAgain);
  console.log(`memory: ${((memory() - before) / MIB).toFixed(1)} MiB after these refreshes`);
  const token = tokenOf(7);
  console.log(`find: ${nanosecondsOf(() => directory.find(token))} ns`);
} finally {
  connections.onApplicationShutdown();
  writer.disconnect();
  await server.stop();
}
process.exit();

function tokenOf(i: number): string {
  return `phc_${String(i).padStart(43, '0')}`;
}

async function write(from: number, to: number, version: number): Promise<void> {
  for (let at = from; at < to; at += 1000) {
    const fields: string[] = [];
    for (let i = at; i < Math.min(at + 1000, to); i++) fields.push(tokenOf(i), JSON.stringify(recordOf(i, version)));
    await writer.hset(KEY, ...fields);
  }
}

function recordOf(i: number, version: number) {
  return {
    enabled: true,
    ip: MODES[i % 4],
    dnt: 'ignore',
    ...(i % 10 === 0 && { allowedOrigins: [`https://app-${i}.example.com`] }),
    limits: { events: { monthly: 1_000_000 * version, perMinute: 5000 } },
  };
}

/** Bytes alive on the heap and beside it. */
function memory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The longest time that a timer of 1 ms was kept waiting by `work`. */
async function pauses(what: string, work: () => Promise<void>): Promise<void> {
  let [wall, cpu] = [0, 0];
  let [wallAt, cpuAt] = [performance.now(), threadMs()];
  const look = () => {
    const [now, spent] = [performance.now(), threadMs()];
    wall = Math.max(wall, now - wallAt);
    cpu = Math.max(cpu, spent - cpuAt);
    [wallAt, cpuAt] = [now, spent];
  };
  const timer = setInterval(look, 1);
  const [begin, cpuBegin] = [performance.now(), threadMs()];
  await work();
  look();
  clearInterval(timer);
  const took = `${Math.round(performance.now() - begin)} ms, ${Math.round(threadMs() - cpuBegin)} ms of CPU`;
  console.log(`${what}: ${took}; longest pause ${wall.toFixed(1)} ms by the clock, ${cpu.toFixed(1)} ms of CPU`);
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function nanosecondsOf(call: () => unknown): number {
  const rounds = 1_000_000;
  const begin = performance.now();
  for (let i = 0; i < rounds; i++) call();
  return Math.round(((performance.now() - begin) * 1e6) / rounds);
}
