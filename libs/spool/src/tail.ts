import { setTimeout as sleep } from 'node:timers/promises';
import { NodeDisk } from './disk.js';
import { durableEnd } from './durable-mark.js';
import { readLog } from './log-reader.js';
import { decodeStoredMessage, type StoredMessage } from './message-codec.js';
import type { TailOptions } from './tail-options.js';

export interface TailOutput {
  /** Settles when it may be given more. */
  line(text: string): Promise<void>;
  /** Something is wrong with the log's files. */
  warn(text: string): void;
}

/** A gateway that runs says within so much time that what it has written is durable. */
const HELD_MS = 1000;

/** Prints the events of a log's directory that the options select, in their order. */
export async function tail(directory: string, options: TailOptions, output: TailOutput, signal: AbortSignal): Promise<void> {
  const disk = new NodeDisk();
  const tell = (sequence: number) => output.warn(describeHeld(directory, sequence));
  const held = new Held(tell);
  const records = readLog(disk, directory, {
    from: options.from,
    onHeld: (sequence) => held.at(sequence),
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
  const { sequence } = held;
  if (options.follow || sequence === undefined) return;
  await sleep(HELD_MS, undefined, { signal }).catch(() => {});
  if ((await durableEnd(disk, directory)) < sequence) tell(sequence);
}

/** Of a follower: tells once of a record that is not known to be durable for so long that nobody may ever say it. */
class Held {
  sequence: number | undefined;
  #since = 0;
  #isTold = false;

  constructor(private readonly tell: (sequence: number) => void) {}

  /** Reading stops there. */
  at(sequence: number): void {
    if (sequence !== this.sequence) {
      this.sequence = sequence;
      this.#since = performance.now();
      this.#isTold = false;
    }
    if (this.#isTold || performance.now() - this.#since < HELD_MS) return;
    this.#isTold = true;
    this.tell(sequence);
  }
}

/** A process that was killed, or the power that failed, leaves records behind the mark that it had no time to move. */
const describeHeld = (directory: string, sequence: number): string =>
  `${directory}: there are events from number ${sequence} on that nobody has said to be durable: no gateway runs here, or its disk does not answer. They are shown once a gateway has opened this log`;

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
