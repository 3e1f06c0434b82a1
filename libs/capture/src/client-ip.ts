import { isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * The client's address: the left-most usable entry of the forwarding headers, else the socket's peer. Ports, brackets
 * and zone ids are stripped; what is no address is passed over.
 */
export function clientIp(headers: IncomingHttpHeaders, peer: string | undefined): string {
  const forwardedFor = headers['x-forwarded-for'];
  return (
    (typeof forwardedFor === 'string' ? firstAddress(forwardedFor.split(',')) : undefined) ??
    (typeof headers['x-real-ip'] === 'string' ? parseAddress(headers['x-real-ip']) : undefined) ??
    (headers.forwarded === undefined ? undefined : firstAddress(forwardedEntries(headers.forwarded))) ??
    (peer === undefined ? '' : (parseAddress(peer) ?? ''))
  );
}

function forwardedEntries(header: string): string[] {
  return [...header.matchAll(/for="?([^",;]+)/gi)].map(([, address]) => address);
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
