import { NodeDisk } from './disk.js';
import { readLog } from './log-reader.js';
import { decodeStoredMessage, type StoredMessage } from './message-codec.js';
import type { TailOptions } from './tail-options.js';

export interface TailOutput {
  /** Settles when it may be given more. */
  line(text: string): Promise<void>;
  /** Something is wrong with the log's files. */
  warn(text: string): void;
}

/** Prints the events of a log's directory that the options select, in their order. */
export async function tail(directory: string, options: TailOptions, output: TailOutput, signal: AbortSignal): Promise<void> {
  const records = readLog(new NodeDisk(), directory, {
    from: options.from,
    follow: options.follow,
    signal,
    onDamage: ({ path, from, to, error }) =>
      output.warn(
        `${path}: ${to - from} bytes from offset ${from} ${error === undefined ? 'are damaged' : `cannot be read (${error})`} and skipped`,
      ),
    onForeign: (file, version) => output.warn(`${file}: has format version ${version}, written by another release; skipped`),
  });
  let left = options.limit;
  for await (const { sequence, payload } of records) {
    const stored = decodeStoredMessage(payload);
    if (!isWanted(stored, options)) continue;
    await output.line(formatLine(sequence, stored));
    if (--left === 0) return;
  }
}

function isWanted({ message, token }: StoredMessage, options: TailOptions): boolean {
  if (options.token !== undefined && token !== options.token) return false;
  return options.event === undefined || message.headers.event === options.event;
}

/** The value goes out as the JSON it is: parsing it would cost the digits of large numbers. */
export function formatLine(sequence: number, { message, receivedAt }: StoredMessage): string {
  const { route, topic, key, headers, value } = message;
  const head = JSON.stringify({ seq: sequence, at: new Date(receivedAt).toISOString(), route, topic, key, headers });
  return `${head.slice(0, -1)},"value":${value.toString()}}`;
}
