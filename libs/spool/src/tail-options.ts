import { parseArgs } from 'node:util';
import type { From } from './log-reader.js';

export const TAIL_USAGE = `Prints the events of the embedded log, one JSON object a line.

  npm run tail -- [--from beginning|end|<sequence>|<ISO time>] [--follow] [--token T] [--event NAME] [--limit N] [--dir D]

  --from    where to begin (default: beginning)
  --follow  go on with new events as they are stored
  --token   only this project's events
  --event   only events of this name
  --limit   stop after that many
  --dir     the gateway's data directory (default: DATA_DIR)`;

export interface TailOptions {
  readonly from: From;
  readonly follow: boolean;
  readonly token: string | undefined;
  readonly event: string | undefined;
  readonly limit: number;
  readonly directory: string;
}

/** What was wrong with the command line, for its author. */
export class TailUsageError extends Error {
  override readonly name = 'TailUsageError';
}

/** @returns undefined when the usage is asked for. @throws TailUsageError */
export function parseTailOptions(argv: readonly string[], dataDirectory: string): TailOptions | undefined {
  const values = flagsOf(argv);
  if (values.help) return undefined;
  return {
    from: parseFrom(values.from ?? 'beginning'),
    follow: values.follow ?? false,
    token: values.token,
    event: values.event,
    limit: values.limit === undefined ? Infinity : parseLimit(values.limit),
    directory: values.dir ?? dataDirectory,
  };
}

function flagsOf(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    from: text,
    follow: { ...flag, short: 'f' },
    token: text,
    event: text,
    limit: text,
    dir: text,
    help: { ...flag, short: 'h' },
  } as const;
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new TailUsageError((error as Error).message);
  }
}

function parseFrom(text: string): From {
  if (text === 'beginning' || text === 'end') return text;
  if (/^\d+$/.test(text)) return { sequence: Number(text) };
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) {
    throw new TailUsageError(`--from ${text}: give beginning, end, a sequence number, or a time such as 2026-11-24T10:00:00Z`);
  }
  return { time };
}

function parseLimit(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new TailUsageError(`--limit ${text}: give a number of events, 1 or more`);
  return Number(text);
}
