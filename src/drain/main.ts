import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { surveySpool, type SlotReport } from '@app/spool';
import { environment } from '../config/environment.js';
import { GatewayConfig } from '../config/gateway.config.js';
import { ConfigError } from '../config/load-config.js';
import { PinoLogger } from '../logger.js';
import { discardAllParked, drainConfig, drainVolume, problemOf, retryParked } from './drain-volume.js';

const USAGE = `npm run drain -- [--seconds 3600] [--look | --parked retry|discard] [--json]

Sends what lies in SPOOL_DIR to KAFKA_HOSTS, for a volume that no gateway has any more. --look only says what is there.
--parked retry sends the events once more that neither their topic nor KAFKA_DLQ_TOPIC took; --parked discard deletes them.
Both work beside a gateway.`;

// Exit code 0: nothing waits any more. 1: something does, and why. 2: it was asked wrongly, or there is no spool.
async function main(): Promise<number> {
  const options = parse();
  if (typeof options === 'string') return complain(`${options}\n${USAGE}`);
  try {
    if (options.parked === 'discard') return await discard(options.seconds, options.json);
    return await (options.look
      ? look(options.json)
      : drain(options.parked === 'retry' ? retryParked : drainVolume, options.seconds, options.json));
  } catch (error) {
    if (error instanceof ConfigError) return complain(error.message);
    throw error;
  }
}

async function drain(work: typeof drainVolume, seconds: number, asJson: boolean): Promise<number> {
  const logger = new PinoLogger(drainConfig(environment).config.get(GatewayConfig).logLevel, 2);
  const result = await work(environment, { seconds, signal: interrupted(), logger });
  const { text, found, delivered, deadLettered, expired, parked, lost, waiting } = result;
  const gone = `${delivered} delivered + ${deadLettered} dead-lettered + ${expired} expired`;
  const sum = `${found} found = ${gone} + ${parked} parked + ${lost} lost + ${waiting} waiting`;
  process.stdout.write(asJson ? `${JSON.stringify(result)}\n` : `${text}\n${sum}\n`);
  return result.isDone ? 0 : 1;
}

async function discard(seconds: number, asJson: boolean): Promise<number> {
  const discarded = await discardAllParked(environment, { seconds, signal: interrupted() });
  process.stdout.write(asJson ? `${JSON.stringify({ discarded })}\n` : `${discarded} parked events are deleted\n`);
  return 0;
}

function interrupted(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

async function look(asJson: boolean): Promise<number> {
  const { directory } = drainConfig(environment);
  const slots = await surveySpool(directory);
  if (slots.length === 0) return complain(`there is no spool in ${directory}: is the volume mounted there?`);
  process.stdout.write(asJson ? `${JSON.stringify({ directory, slots })}\n` : slots.map(lineOf).join(''));
  return slots.every((slot) => slot.state === 'free' && slot.waiting === 0 && slot.parked === 0) ? 0 : 1;
}

function lineOf(slot: SlotReport): string {
  const state = slot.state === 'free' ? `${slot.slot}: ${slot.waiting} events wait` : problemOf(slot).join('');
  return `${state}${slot.parked > 0 ? `, ${slot.parked} are parked` : ''}\n`;
}

function complain(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}

function parse() {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '3600' },
        look: { type: 'boolean', default: false },
        parked: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const seconds = Number(values.seconds);
    // Timers of Node end there.
    if (!(seconds > 0 && seconds <= 2_000_000)) return `--seconds ${values.seconds}: a number above 0, at most 2000000`;
    if (values.parked !== undefined && !['retry', 'discard'].includes(values.parked)) return `--parked ${values.parked}: retry or discard`;
    if (values.parked !== undefined && values.look) return '--look and --parked: one of them';
    return { ...values, seconds };
  } catch (error) {
    return (error as Error).message;
  }
}

process.exit(await main());
