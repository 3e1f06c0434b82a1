import { setTimeout as sleep } from 'node:timers/promises';
import type { Leashed } from './leash.ts';

/** Asks `isReady` again and again until it says yes; fails when the process ends or the time is over. */
export async function untilReady(service: Leashed, isReady: () => Promise<boolean>, seconds: number, what: string): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  const poll = async (): Promise<void> => {
    while (performance.now() < deadline) {
      if (await isReady().catch(() => false)) return;
      await sleep(100);
    }
    throw new Error(`${what} was not ready within ${seconds} s`);
  };
  try {
    await Promise.race([poll(), service.ended]);
  } catch (error) {
    await service.stop();
    throw error;
  }
}
