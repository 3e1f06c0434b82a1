import { isIP } from 'node:net';

/**
 * The network of an address: IPv4 without its last octet, IPv6 without its last 80 bits. An IPv4 address inside an
 * IPv6 one (mapped, 6to4) is cut as IPv4. Cutting what is cut changes nothing.
 *
 * @returns empty when `text` is no bare address
 */
export function truncateAddress(text: string): string {
  const address = text.replace(/%.*$/s, '');
  switch (isIP(address)) {
    case 4:
      return address.replace(/\d+$/, '0');
    case 6:
      return truncateIPv6(groupsOf(address));
    default:
      return '';
  }
}

function truncateIPv6(groups: readonly number[]): string {
  const [a, b, c, , , f, g, h] = groups;
  const isMapped = f === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (isMapped) return `${g >> 8}.${g & 0xff}.${h >> 8}.0`;
  // 6to4 has the IPv4 address in bits 16 to 47, all of which 48 bits would keep.
  const network = [a, b, a === 0x2002 ? c & 0xff00 : c];
  while (network.at(-1) === 0) network.pop();
  return `${network.map((group) => group.toString(16)).join(':')}::`;
}

/** The eight groups of a valid IPv6 address without zone. */
function groupsOf(address: string): readonly number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...octets: string[]) => {
    const [a, b, c, d] = octets.map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::');
  const before = parse(head);
  if (tail === undefined) return before;
  const after = parse(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function parse(groups: string): number[] {
  return groups === '' ? [] : groups.split(':').map((group) => Number.parseInt(group, 16));
}
