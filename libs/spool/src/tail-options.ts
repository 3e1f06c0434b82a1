import type { From } from './log-reader.js';

export const TAIL_OPTIONS = {
  from: { type: 'string', default: 'beginning', value: 'PLACE', help: 'where to begin: beginning, end, a sequence number or an ISO time' },
  follow: { type: 'boolean', short: 'f', default: false, help: 'go on with new events as they are stored' },
  token: { type: 'string', value: 'TOKEN', help: "only this project's events" },
  event: { type: 'string', value: 'NAME', help: 'only events of this name' },
  limit: { type: 'string', value: 'N', help: 'stop after that many' },
  dir: { type: 'string', value: 'DIRECTORY', help: "the gateway's data directory, or the log's own (otherwise DATA_DIR)" },
} as const;

/** As the command line has them. */
export interface TailValues {
  readonly from: string;
  readonly follow: boolean;
  readonly token?: string | undefined;
  readonly event?: string | undefined;
  readonly limit?: string | undefined;
  readonly dir?: string | undefined;
}

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

/** @throws TailUsageError */
export function parseTailOptions({ from, follow, token, event, limit, dir }: TailValues, dataDirectory: string): TailOptions {
  return {
    from: parseFrom(from),
    follow,
    token,
    event,
    limit: limit === undefined ? Infinity : parseLimit(limit),
    directory: dir ?? dataDirectory,
  };
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
