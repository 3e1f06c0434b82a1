import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import lzString from 'lz-string';
import { parseExactly, scalarText } from './source-json.ts';

/** One event as an SDK wrote it; numbers keep their text. */
export type WireEvent = Readonly<Record<string, unknown>>;

export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface DecodedRequest {
  readonly events: readonly WireEvent[];
  /** The members around the events; empty for an array or a single event. */
  readonly envelope: Readonly<Record<string, unknown>>;
  /** How it was packed, e.g. `form, base64` or `gzip`. */
  readonly encoding: string;
  /** Shape of the JSON, e.g. `{api_key, batch, sent_at}`. */
  readonly shape: string;
}

/**
 * Reads a recorded request with nothing of the gateway's own: what this says was sent is held against what arrived.
 *
 * @throws Error for what no SDK is known to send
 */
export function decodeRequest(request: WireRequest): DecodedRequest {
  const { text, encoding } = unpack(request);
  const json = parseExactly(text);
  if (Array.isArray(json)) return { events: json, envelope: {}, encoding, shape: 'array of events' };
  const object = json as Record<string, unknown>;
  if (!Array.isArray(object.batch)) return { events: [object], envelope: {}, encoding, shape: 'one event' };
  const { batch, ...envelope } = object;
  return { events: batch, envelope, encoding, shape: `{${Object.keys(object).join(', ')}}` };
}

function unpack({ url, headers, body }: WireRequest): { text: string; encoding: string } {
  const type = String(headers['content-type'] ?? '');
  if (type.startsWith('application/x-www-form-urlencoded')) return unpackForm(body);
  const named = String(headers['content-encoding'] ?? '');
  const query = new URL(url, 'http://sdk').searchParams.get('compression');
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  if (isGzip) {
    const hints = [named && `content-encoding: ${named}`, query && `compression=${query}`].filter(Boolean);
    return { text: utf8(gunzipSync(body)), encoding: `gzip (${hints.join(', ') || 'no hint'})` };
  }
  if (named === 'deflate') return { text: utf8(inflateSync(body)), encoding: 'deflate' };
  if (named === 'br') return { text: utf8(brotliDecompressSync(body)), encoding: 'br' };
  if (named === 'zstd') return { text: utf8(zstdDecompressSync(body)), encoding: 'zstd' };
  return { text: utf8(body), encoding: 'plain' };
}

function unpackForm(body: Buffer): { text: string; encoding: string } {
  const fields = new URLSearchParams(body.toString('latin1'));
  const data = fields.get('data') ?? '';
  if (fields.get('compression') !== 'lz64') return { text: utf8(Buffer.from(data, 'base64')), encoding: 'form, base64' };
  return { text: lzString.decompressFromBase64(data), encoding: 'form, lz64' };
}

/** UTF-8, and CESU-8 as old posthog-js writes it. */
function utf8(bytes: Buffer): string {
  const pairs = /\xed([\xa0-\xaf])([\x80-\xbf])\xed([\xb0-\xbf])([\x80-\xbf])/g;
  const restored = bytes.toString('latin1').replace(pairs, (_all, ...half: string[]) => {
    const [a, b, c, d] = half.slice(0, 4).map((byte) => byte.charCodeAt(0) & 0x3f);
    return Buffer.from(String.fromCharCode(0xd000 | (a << 6) | b, 0xd000 | (c << 6) | d)).toString('latin1');
  });
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(restored, 'latin1'));
}

/** Where this event's token stands, in words for the table, and the token. */
export function tokenOf(event: WireEvent, { envelope }: DecodedRequest, { headers }: WireRequest): { place: string; token: string } {
  const bearer = /^Bearer (.+)$/.exec(String(headers.authorization ?? ''))?.[1];
  if (bearer !== undefined) return { place: 'Authorization: Bearer', token: bearer };
  const inProperties = (event.properties as WireEvent | undefined)?.token;
  if (typeof envelope.api_key === 'string') return { place: 'body `api_key`', token: envelope.api_key };
  if (typeof event.api_key === 'string') return { place: 'event `api_key`', token: event.api_key };
  if (typeof inProperties === 'string') return { place: '`properties.token`', token: inProperties };
  throw new Error(`no token in ${JSON.stringify(event).slice(0, 300)}`);
}

/** As it should be in the envelope: text, at most 200 characters. */
export function distinctIdOf(event: WireEvent): { place: string; distinctId: string } {
  const properties = event.properties as WireEvent | undefined;
  const places = { distinct_id: event.distinct_id, $distinct_id: event.$distinct_id, 'properties.distinct_id': properties?.distinct_id };
  for (const [place, value] of Object.entries(places)) {
    const text = scalarText(value);
    if (text !== undefined) return { place, distinctId: storedId(text) };
  }
  throw new Error(`no distinct_id in ${JSON.stringify(event).slice(0, 300)}`);
}

/** As consumers can store it: at most 200 characters, counted as code points. */
export function storedId(text: string): string {
  return Array.from(text.replaceAll('\0', '\ufffd').toWellFormed()).slice(0, 200).join('');
}
