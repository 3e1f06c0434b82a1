import { CaptureError } from '@app/event';
import {
  MAX_EDITS,
  NO_EVENTS,
  OUT_OF_MEMORY,
  TOO_DEEP,
  TOO_MANY_EDITS,
  TOO_MANY_EVENTS,
  type PayloadScan,
  type TapeLimits,
} from '@app/vector';
import { NAMES } from './kind.js';

/** By the kernel's number (libs/vector/assembly/json.ts): what was expected. */
const EXPECTED: readonly string[] = [
  '',
  'a JSON value',
  'a digit',
  'no bare control character in a string',
  'a closing quote',
  'a valid escape sequence',
  'a string as key',
  "':'",
  "',' or '}'",
  "',' or ']'",
  'nothing after the JSON value',
];

/** By the kernel's number for a kind. */
const NAME_LIST: readonly string[] = Object.values(NAMES);

/** What is wrong with a payload, in words: what was expected where and what is there, or the limit. */
export function scanError(scan: PayloadScan, { maxDepth, maxEvents }: TapeLimits): CaptureError {
  const { code, at } = scan.fault;
  switch (code) {
    case TOO_DEEP:
      return new CaptureError('unparsable', `nesting deeper than ${maxDepth} levels (MAX_JSON_DEPTH) at byte ${at}`);
    case TOO_MANY_EVENTS:
      return new CaptureError('payload_too_big', `request holds more than ${maxEvents} events (MAX_EVENTS_PER_REQUEST)`);
    case TOO_MANY_EDITS:
      return new CaptureError('payload_too_big', `more than ${MAX_EDITS} values to repair`);
    case NO_EVENTS:
      return new CaptureError('unparsable', `expected an event, an array of events or a batch, found ${NAME_LIST[at]}`);
    case OUT_OF_MEMORY:
      return new CaptureError('transient', 'not enough memory');
    default:
      return new CaptureError('unparsable', `expected ${EXPECTED[code]} at byte ${at}, found ${found(scan.byteAt(at))}`);
  }
}

function found(byte: number | undefined): string {
  return byte === undefined ? 'the end of the payload' : `byte 0x${byte.toString(16).padStart(2, '0')}`;
}
