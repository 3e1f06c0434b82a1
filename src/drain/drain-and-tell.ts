import 'reflect-metadata';
import { surveySpool, type SlotReport } from '@app/spool';
import { environment } from '../config/environment.js';
import { GatewayConfig } from '../config/gateway.config.js';
import { newLogger } from '../logger.js';
import { discardAllParked, drainConfig, drainVolume, noSpool, problemOf, retryParked } from './drain-volume.js';

export interface DrainRequest {
  readonly what: 'all' | 'look' | 'retry' | 'discard';
  readonly seconds: number;
  readonly json: boolean;
}

/**
 * Does it and says on standard output what became of the events.
 *
 * @returns the exit code: 0 when nothing waits any more, else 1
 * @throws ConfigError as `drainVolume` does
 */
export async function drainAndTell(request: DrainRequest): Promise<number> {
  if (request.what === 'look') return look(request);
  return request.what === 'discard' ? discard(request) : drain(request);
}

async function drain({ what, seconds, json }: DrainRequest): Promise<number> {
  const logger = newLogger(drainConfig(environment).config.get(GatewayConfig), 2);
  const work = what === 'retry' ? retryParked : drainVolume;
  const result = await work(environment, { seconds, signal: interrupted(), logger });
  const { text, found, delivered, deadLettered, expired, parked, lost, waiting } = result;
  const gone = `${delivered} delivered + ${deadLettered} dead-lettered + ${expired} expired`;
  const sum = `${found} found = ${gone} + ${parked} parked + ${lost} lost + ${waiting} waiting`;
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${text}\n${sum}\n`);
  return result.isDone ? 0 : 1;
}

async function discard({ seconds, json }: DrainRequest): Promise<number> {
  const discarded = await discardAllParked(environment, { seconds, signal: interrupted() });
  process.stdout.write(json ? `${JSON.stringify({ discarded })}\n` : `${discarded} parked events are deleted\n`);
  return 0;
}

async function look({ json }: DrainRequest): Promise<number> {
  const { directory } = drainConfig(environment);
  const slots = await surveySpool(directory);
  if (slots.length === 0) throw noSpool(directory);
  process.stdout.write(json ? `${JSON.stringify({ directory, slots })}\n` : slots.map(lineOf).join(''));
  return slots.every((slot) => slot.state === 'free' && slot.waiting === 0 && slot.parked === 0) ? 0 : 1;
}

function lineOf(slot: SlotReport): string {
  const state = slot.state === 'free' ? `${slot.slot}: ${slot.waiting} events wait` : problemOf(slot).join('');
  return `${state}${slot.parked > 0 ? `, ${slot.parked} are parked` : ''}\n`;
}

function interrupted(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}
