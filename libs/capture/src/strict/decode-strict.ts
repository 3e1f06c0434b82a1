import { CaptureError } from '@app/event';
import {
  inflateContent,
  scanPayload,
  toUtf8,
  type ContentEncoding,
  type ScanLimits,
  type ScannedPayload,
  type Reserve,
} from '@app/decoder';
import type { StrictConfig } from './strict.config.js';
import { StrictError } from './strict-error.js';

export interface DecodeStrictLimits extends ScanLimits {
  readonly config: StrictConfig;
  /** Called as bytes are needed. */
  readonly reserve: Reserve;
}

const VARIABLE = 'CAPTURE_V1_MAX_DECOMPRESSED_BODY_BYTES';

/**
 * From a body's bytes to its events: the coding is what the header says, nothing is guessed.
 *
 * @throws CaptureError, StrictError `empty_body`
 */
export async function decodeStrict(
  bytes: Buffer | undefined,
  encoding: ContentEncoding | undefined,
  limits: DecodeStrictLimits,
): Promise<ScannedPayload> {
  if (bytes === undefined || bytes.length === 0) throw new StrictError('empty_body', 'the request has no body');
  const maxBytes = limits.config.maxDecompressedBytes;
  if (encoding === undefined && bytes.length > maxBytes)
    throw new CaptureError('payload_too_big', `body of ${bytes.length} bytes exceeds the limit of ${maxBytes} bytes (${VARIABLE})`);
  const plain =
    encoding === undefined ? bytes : await inflateContent(bytes, encoding, { maxBytes, variable: VARIABLE, reserve: limits.reserve });
  if (plain.length === 0) throw new StrictError('empty_body', 'the body is empty once it is decompressed');
  const json = toUtf8(plain);
  if (json === undefined) throw new CaptureError('undecodable', 'invalid UTF8 in request payload');
  // The scanner's text and the messages to come: each about as large as the payload.
  const refusal = limits.reserve(2 * json.length);
  if (refusal) throw refusal;
  return scanPayload(json, { maxDepth: limits.maxDepth, maxEvents: limits.maxEvents, isTokenElsewhere: true });
}
