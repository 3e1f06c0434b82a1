import { CaptureError } from '@app/event';
import { MAX_EDITS, NO_EVENTS, OUT_OF_MEMORY, TOO_DEEP, TOO_MANY_EDITS, TOO_MANY_EVENTS, type Fault, type TapeLimits } from '@app/vector';
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
export function scanError({ code, at }: Fault, payload: Uint8Array, { maxDepth, maxEvents }: TapeLimits): CaptureError {
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
      return new CaptureError('unparsable', `expected ${EXPECTED[code]} at byte ${at}, found ${found(payload, at)}`);
  }
}

function found(payload: Uint8Array, at: number): string {
  return at >= payload.length ? 'the end of the payload' : `byte 0x${payload[at].toString(16).padStart(2, '0')}`;
}
