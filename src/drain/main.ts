import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { surveySpool, type SlotReport } from '@app/spool';
import { environment } from '../config/environment.js';
import { GatewayConfig } from '../config/gateway.config.js';
import { ConfigError } from '../config/load-config.js';
import { PinoLogger } from '../logger.js';
import { drainConfig, drainVolume, problemOf } from './drain-volume.js';

const USAGE = `npm run drain -- [--seconds 3600] [--look] [--json]

Sends what lies in SPOOL_DIR to KAFKA_HOSTS, for a volume that no gateway has any more. --look only says what is there.`;

// Exit code 0: nothing waits any more. 1: something does, and why. 2: it was asked wrongly, or there is no spool.
async function main(): Promise<number> {
  const options = parse();
  if (typeof options === 'string') return complain(`${options}\n${USAGE}`);
  try {
    return await (options.look ? look(options.json) : drain(options.seconds, options.json));
  } catch (error) {
    if (error instanceof ConfigError) return complain(error.message);
    throw error;
  }
}

async function drain(seconds: number, asJson: boolean): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  const logger = new PinoLogger(drainConfig(environment).config.get(GatewayConfig).logLevel, 2);
  const result = await drainVolume(environment, { seconds, signal: stop.signal, logger });
  const { text, found, delivered, deadLettered, expired, lost, waiting } = result;
  const sum = `${found} found = ${delivered} delivered + ${deadLettered} dead-lettered + ${expired} expired + ${lost} lost + ${waiting} waiting`;
  process.stdout.write(asJson ? `${JSON.stringify(result)}\n` : `${text}\n${sum}\n`);
  return result.isDone ? 0 : 1;
}

async function look(asJson: boolean): Promise<number> {
  const { directory } = drainConfig(environment);
  const slots = await surveySpool(directory);
  if (slots.length === 0) return complain(`there is no spool in ${directory}: is the volume mounted there?`);
  process.stdout.write(asJson ? `${JSON.stringify({ directory, slots })}\n` : slots.map(lineOf).join(''));
  return slots.every((slot) => slot.state === 'free' && slot.waiting === 0) ? 0 : 1;
}

function lineOf(slot: SlotReport): string {
  return `${slot.state === 'free' ? `${slot.slot}: ${slot.waiting} events wait` : problemOf(slot).join('')}\n`;
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
        json: { type: 'boolean', default: false },
      },
    });
    const seconds = Number(values.seconds);
    // Timers of Node end there.
    if (!(seconds > 0 && seconds <= 2_000_000)) return `--seconds ${values.seconds}: a number above 0, at most 2000000`;
    return { ...values, seconds };
  } catch (error) {
    return (error as Error).message;
  }
}

process.exit(await main());
