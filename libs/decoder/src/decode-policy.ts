import type { CollectLimits } from './collect-body.js';
import type { DecoderConfig } from './decoder.config.js';
import type { ScanLimits } from './scan/scan-payload.js';
import type { WeightLimit } from './scan/weigh.js';

/** How a route's bodies are decoded: all that differs between routes, so that there is one way and each bound exists once. */
export interface DecodePolicy {
  /** While the body comes. */
  readonly wire: CollectLimits;
  /**
   * `sniffed`: wrappings (form, base64, gzip, zstd, lz64) are told by the bytes, because SDKs of every age hint wrongly. `declared`: the
   * header `Content-Encoding` is right, and nothing else is around the JSON.
   */
  readonly wrapping: 'sniffed' | 'declared';
  readonly inflated: {
    /** The most bytes (or UTF-16 units of lz64) that decompression may produce. */
    readonly maxBytes: number;
    /** The variable that sets it, for the refusal. */
    readonly variable: string;
    /** A body that grows more than so many times, and large, goes behind everybody else. */
    readonly maxRatio: number;
  };
  readonly maxBase64Bytes: number;
  readonly maxLz64Bytes: number;
  readonly scan: ScanLimits;
}

export interface DecodePolicies {
  readonly events: DecodePolicy;
  /** Of `/s`: larger on the wire. */
  readonly recordings: DecodePolicy;
}

/** Of the routes that take what SDKs of a decade send. */
export function loosePolicies(config: DecoderConfig, event: WeightLimit): DecodePolicies {
  const stallMs = config.bodyChunkReadTimeoutMs;
  const events: DecodePolicy = {
    wire: { maxBytes: config.maxBodyBytes, variable: 'MAX_BODY_BYTES', stallMs },
    wrapping: 'sniffed',
    inflated: { maxBytes: config.maxInflatedBytes, variable: 'MAX_INFLATED_BYTES', maxRatio: config.maxInflateRatio },
    maxBase64Bytes: config.maxBodyBytes,
    maxLz64Bytes: config.maxLz64Bytes,
    scan: { maxDepth: config.maxJsonDepth, maxEvents: config.maxEventsPerRequest, event },
  };
  const wire = { maxBytes: config.maxReplayBodyBytes, variable: 'MAX_REPLAY_BODY_BYTES', stallMs };
  return { events, recordings: { ...events, wire } };
}
