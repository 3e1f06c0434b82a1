import { envelopeAfter, envelopeBefore, messageHeaders, type CaptureContext, type CapturedEvent } from '@app/event';
import { escapeText } from '@app/vector';
import type { ProducedMessage } from '../produced-message.js';
import { Arena } from './arena.js';

const arena = new Arena();

/**
 * An event's message whose record content (key, value, headers, in the wire's own order) is encoded once, as one text
 * with one native write. Field by field, and with a Buffer for the value, the same costs 1.6 µs more an event.
 */
export class EventRecord implements ProducedMessage {
  readonly content: Buffer;
  readonly key: string | null;

  constructor(
    readonly topic: string,
    event: CapturedEvent,
    context: CaptureContext,
  ) {
    this.key = event.partitionKey;
    // Neither event nor context is kept: the request's whole payload would stay alive with them.
    this.content = storeContent(event, context);
  }

  // Only what leaves the fast path asks for these: another engine, the spool.
  get value(): Buffer {
    return readContent(this.content).value;
  }

  get headers(): Readonly<Record<string, string>> {
    return readContent(this.content).headers;
  }
}

function storeContent(event: CapturedEvent, context: CaptureContext): Buffer {
  const { partitionKey } = event;
  const headers = messageHeaders(event, context);
  let count = 0;
  let fields = '';
  for (const name in headers) {
    fields += field(name) + field(binary(headers[name]));
    count++;
  }
  const key = partitionKey === null ? NULL : field(binary(partitionKey));
  const before = envelopeBefore(event);
  const after = envelopeAfter(event, context);
  const escaped = escapeText(event.data);
  const size = before.length + escaped + after.length;
  return arena.store(key + lengthText(size) + before, escaped, after + LENGTHS[count] + fields);
}

/** -1 as a zigzag varint. */
const NULL = '\x01';

/** Zigzag varints of lengths up to 8191, as binary text: nearly all there are. */
const LENGTHS = Array.from({ length: 8192 }, (_, length) => varint(length));

function varint(length: number): string {
  let text = '';
  let rest = length * 2;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) text += String.fromCharCode((rest % 128) | 0x80);
  return text + String.fromCharCode(rest);
}

function field(bytes: string): string {
  return lengthText(bytes.length) + bytes;
}

function lengthText(length: number): string {
  return length < 8192 ? LENGTHS[length] : varint(length);
}

// oxlint-disable-next-line no-control-regex -- ASCII is what is asked
const ASCII = /^[\x00-\x7f]*$/;

/** Text as its UTF-8 bytes, a char each. */
function binary(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text).toString('latin1');
}

/** Value and headers of what `storeContent` wrote; both are views or copies that outlive the batch. */
function readContent(content: Buffer): { value: Buffer; headers: Record<string, string> } {
  let at = 0;
  const length = (): number => {
    let rest = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = content[at++];
      rest += (byte & 0x7f) * factor;
      if (byte < 0x80) return rest % 2 === 0 ? rest / 2 : -1;
    }
  };
  const bytes = (): Buffer => {
    const size = Math.max(0, length());
    at += size;
    return content.subarray(at - size, at);
  };
  bytes();
  const value = bytes();
  const headers: Record<string, string> = {};
  for (let left = length(); left > 0; left--) {
    const name = bytes().toString();
    headers[name] = bytes().toString();
  }
  return { value, headers };
}
