import type { FastifyRequest } from 'fastify';
import { captureContext, normalizeEvents, SnapshotGrouper, type CaptureRequest, type GroupedSnapshots } from '@app/capture';
import { decode, textOf, type DecodePolicy, type RawEvent } from '@app/decoder';
import { CaptureError, encodeMessage, type Steps } from '@app/event';
import { findToken } from '@app/token';
import type { Outcome, Recording } from './outcome.js';
import type { Wire } from './wire.js';

const RESOURCES = {
  reserve: () => undefined,
  release: () => undefined,
  reserveInTime: () => Promise.resolve(undefined),
  turnFor: () => undefined,
};

function policyOf({ maxInflatedBytes, maxDepth, maxEvents }: Wire): DecodePolicy {
  return {
    wire: { maxBytes: Infinity, variable: 'MAX_BODY_BYTES', stallMs: 1000 },
    wrapping: 'sniffed',
    inflated: { maxBytes: maxInflatedBytes, variable: 'MAX_INFLATED_BYTES', maxRatio: 200 },
    maxBase64Bytes: Infinity,
    maxLz64Bytes: Infinity,
    scan: { maxDepth, maxEvents },
  };
}

/** What becomes of a request in the gateway: the stages of a request's path, as the pure functions that they are. */
export async function fastOutcome(wire: Wire): Promise<Outcome> {
  try {
    const payload = await decode(wire, policyOf(wire), RESOURCES);
    const token = findToken(payload);
    const context = captureContext(asFastify(wire), payload, wire.now, wire.ip);
    const grouper = new Recorder();
    const request = { payload, token, context, origin: undefined, isBeacon: false };
    const { events, dropped } = normalizeEvents(request, wire.policy, grouper);
    return {
      messages: events.map((event) => {
        const { route, key, value, headers } = encodeMessage(event, context);
        return { route, key, envelope: value.toString(), headers: Object.entries(headers) };
      }),
      dropped: dropped.map(({ index, uuid, drop: { cause, rejection } }) => ({
        index,
        uuid: uuid || undefined,
        cause,
        refusal: rejection,
      })),
      recordings: grouper.recordings,
    };
  } catch (error) {
    if (error instanceof CaptureError) return { refusal: error.code };
    throw error;
  }
}

/** Stands where the replay room stands, and notes what it is given. */
class Recorder extends SnapshotGrouper {
  recordings: Recording[] = [];

  // oxlint-disable-next-line require-yield -- nothing has to be waited for
  *group({ payload: { text } }: CaptureRequest, snapshots: readonly RawEvent[]): Steps<GroupedSnapshots> {
    this.recordings = snapshots.map(({ index, problem, token, properties }) => {
      const raw = token ?? properties.token;
      const { sessionId, windowId, snapshot } = properties;
      return {
        index,
        isBad: problem !== undefined,
        token: raw && textOf(raw),
        sessionId: sessionId && textOf(sessionId),
        windowId: windowId && textOf(windowId),
        data: snapshot && Buffer.from(text.slice(snapshot.start, snapshot.end), 'latin1').toString(),
        isList: snapshot?.isList ?? false,
        escapedBytes: snapshot?.escapedBytes ?? 0,
      };
    });
    return { events: [], dropped: [] };
  }
}

function asFastify({ query, path }: Wire): FastifyRequest {
  return { query, headers: {}, routeOptions: { url: path } } as unknown as FastifyRequest;
}
