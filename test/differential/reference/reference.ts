import type { Dropped, Outcome, Recording } from '../outcome.js';
import type { Wire } from '../wire.js';
import { decodedText } from './decode.js';
import { last } from './json.js';
import { messageOf, type Shared } from './message.js';
import { normalised, type ReferenceEvent } from './normalise.js';
import { payloadOf } from './payload.js';
import { isRecording, recordingOf } from './recording.js';
import { Refusal } from './refusal.js';
import { sentAtOf } from './sent-at.js';
import { tokenOf } from './token.js';

/** Tells which uuid the implementation under test gave to an event that brought none. */
export type MadeUuid = (messageIndex: number, timestamp: number) => string;

/**
 * What must become of a request, by the decisions page and the protocol: one step after the other, everything parsed
 * into trees and read as often as it is convenient. Read it from here downwards; nothing in it is fast.
 */
export function referenceOutcome(wire: Wire, madeUuid: MadeUuid): Outcome {
  try {
    const payload = payloadOf(decodedText(wire), wire.maxDepth, wire.maxEvents);
    const token = tokenOf(payload);
    const said = payload.batch && last(payload.batch, 'historical_migration');
    const flag = said?.kind === 'string' ? `"${said.source.slice(1, -1)}"` : said?.source;
    if (said !== undefined && !['true', 'false', 'null', '"true"', '"false"', '""', '1', '0'].includes(flag!))
      throw new Refusal('unparsable');
    const isHistorical = ['true', '"true"', '1'].includes(flag ?? '');
    const shared: Shared = { wire, token, sentAt: sentAtOf(payload, wire), isHistorical };

    const events: ReferenceEvent[] = [];
    const dropped: Dropped[] = [];
    const recordings: Recording[] = [];
    for (const [index, event] of payload.events.entries()) {
      if (isRecording(event)) {
        recordings.push(recordingOf(event, index));
        continue;
      }
      const result = normalised(payload, index, shared);
      if (Array.isArray(result)) events.push(...(result as ReferenceEvent[]));
      else dropped.push(result as Dropped);
    }
    const refusal = dropped.find((drop) => drop.refusal !== undefined)?.refusal;
    if (wire.policy === 'strict' && refusal !== undefined) return { refusal };
    return {
      messages: events.map((event, i) => messageOf(event, event.uuid ?? madeUuid(i, event.timestamp), shared)),
      dropped,
      recordings,
    };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.code };
    throw error;
  }
}
