import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkloadName } from '../gateway/workloads.ts';
import type { Stage } from '../stage.ts';
import { byRoom, selfTimes, type CpuProfile } from './cpu-profile.ts';

const TOP = 45;

/** Where each microsecond of an event goes: the gateway under a workload, seen by V8's sampling profiler. */
export async function profileWorkload(stage: Stage, workload: WorkloadName, seconds: number, connections: number): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), 'inlet-profile-')), `${workload}.cpuprofile`);
  const flags = ['--import', join(import.meta.dirname, 'profiled.ts')];
  const gateway = await stage.gateway('gateway', { flags, env: { PROFILE_FILE: file } });
  const load = { load: workload, seconds, connections };
  await stage.measure(gateway, { ...load, seconds: 4 });
  const plain = await stage.measure(gateway, load);
  gateway.signal('SIGUSR2');
  await sleep(300);
  const before = gateway.threads();
  const figures = await stage.measure(gateway, load);
  const threads = [...gateway.threads()].map(([name, cpu]) => [name, cpu - (before.get(name) ?? 0)] as const);
  gateway.signal('SIGUSR2');
  while (!existsSync(file)) await sleep(100);
  await sleep(500);

  const times = selfTimes(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile);
  const events = figures.events;
  const each = (microseconds: number) => (microseconds / events).toFixed(3).padStart(8);
  console.log(
    `\n${workload}: ${plain.cpuMicrosecondsPerEvent.toFixed(2)} µs an event without the profiler, ${figures.cpuMicrosecondsPerEvent.toFixed(2)} with it`,
  );
  console.log(`${connections} connections, ${figures.eventsPerSecond.toFixed(0)} events/s, Node ${process.version}; µs an event\n`);
  console.log('   self  with Node’s work for it   room');
  const own = new Map(byRoom(times, 'room'));
  const behalf = new Map(byRoom(times, 'onBehalfOf'));
  for (const room of new Set([...behalf.keys(), ...own.keys()]))
    console.log(`${each(own.get(room) ?? 0)} ${each(behalf.get(room) ?? 0)}   ${room}`);
  console.log('\nby the operating system’s account, thread by thread:');
  for (const [name, cpu] of threads.filter(([, time]) => time > 0)) console.log(`${each(cpu)}   ${name}`);
  console.log('');
  for (const { room, name, onBehalfOf, microseconds } of times.slice(0, TOP))
    console.log(`${each(microseconds)}   ${room.padEnd(22)} ${name}${onBehalfOf === room ? '' : `   for ${onBehalfOf}`}`);
  console.log(`\nfor a browser's or editor's profile view: ${file}`);
}
