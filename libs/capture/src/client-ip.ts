import { isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import type { TrustedProxies } from './trusted-proxies.js';

/**
 * What of a forwarding header is looked at, characters: a hundred hops. Of a longer one the end that is believed: the first
 * entries where anybody's word counts, the last where proxies are trusted.
 */
const MAX_HEADER = 4096;

/**
 * The client's address. Ports, brackets and zone ids are stripped; what is no address is passed over.
 *
 * Without `trusted` it is the left-most usable entry of the forwarding headers, else the socket's peer: right behind any
 * number of proxies, and whatever a client cares to claim. With it, it is the last address that a trusted proxy saw.
 */
export function clientIp(headers: IncomingHttpHeaders, peer: string | undefined, trusted?: TrustedProxies): string {
  const peerAddress = peer === undefined ? undefined : parseAddress(peer);
  if (trusted !== undefined) return trusted.clientOf(forwardedChain(headers), peerAddress) ?? '';
  return (
    firstAddress(xForwardedFor(headers, beginning)) ??
    (typeof headers['x-real-ip'] === 'string' ? parseAddress(headers['x-real-ip']) : undefined) ??
    firstAddress(forwarded(headers, beginning)) ??
    peerAddress ??
    ''
  );
}

/** What the proxies wrote, client first; undefined where it is no address. Proxies write the one header or the other. */
function forwardedChain(headers: IncomingHttpHeaders): (string | undefined)[] {
  const entries = headers['x-forwarded-for'] === undefined ? forwarded(headers, ending) : xForwardedFor(headers, ending);
  return entries.map(parseAddress);
}

type Cut = (header: string) => string;

/** Without the entry that the cut goes through. */
function beginning(header: string): string {
  return header.length <= MAX_HEADER ? header : header.slice(0, Math.max(0, header.lastIndexOf(',', MAX_HEADER)));
}

function ending(header: string): string {
  if (header.length <= MAX_HEADER) return header;
  const comma = header.indexOf(',', header.length - MAX_HEADER);
  return comma < 0 ? '' : header.slice(comma + 1);
}

function xForwardedFor({ 'x-forwarded-for': header }: IncomingHttpHeaders, cut: Cut): string[] {
  return typeof header === 'string' ? cut(header).split(',') : [];
}

/** RFC 7239: the `for` of each element. */
function forwarded({ forwarded: header }: IncomingHttpHeaders, cut: Cut): string[] {
  return header === undefined ? [] : Array.from(cut(header).matchAll(/for="?([^",;]+)/gi), ([, address]) => address);
}

function firstAddress(entries: readonly string[]): string | undefined {
  for (const entry of entries) {
    const address = parseAddress(entry);
    if (address !== undefined) return address;
  }
  return undefined;
}

/** `1.2.3.4:5555`, `[2001:db8::1]:443`, `fe80::1%eth0` and `::ffff:1.2.3.4` as the bare address. */
export function parseAddress(text: string): string | undefined {
  let address = text.trim();
  if (isIP(address) === 0) {
    if (address.startsWith('[')) address = /^\[([^\]]*)\]/.exec(address)?.[1] ?? '';
    else if (address.indexOf(':') === address.lastIndexOf(':')) address = address.replace(/:\d*$/, '');
  }
  address = address.replace(/%.*$/, '');
  if (/^::ffff:\d+\./i.test(address)) address = address.slice(7);
  return isIP(address) === 0 ? undefined : address;
}
