// Preloaded into the gateway (`node --import`): SIGUSR2 starts a CPU profile, the next one writes it to PROFILE_FILE. So
// only the time under load is in it, without boot and warming up.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const SAMPLING_MICROSECONDS = 500;

const session = new Session();
let running = false;

async function toggle(): Promise<void> {
  if (!running) {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_MICROSECONDS });
    await session.post('Profiler.start');
    running = true;
    return;
  }
  const { profile } = await session.post('Profiler.stop');
  writeFileSync(process.env.PROFILE_FILE ?? 'gateway.cpuprofile', JSON.stringify(profile));
  session.disconnect();
  running = false;
}

process.on('SIGUSR2', () => void toggle());
