import { BlockList, isIP } from 'node:net';

/** Whose word on the client's address counts. */
export interface TrustedProxies {
  /**
   * @param chain what the forwarding header lists, client first; undefined for what is no address
   * @param peer who is connected to us; undefined on a Unix socket
   */
  clientOf(chain: readonly (string | undefined)[], peer: string | undefined): string | undefined;
}

const HOPS = /^\d{1,2}$/;
const NETWORK = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i;

/** Whether a setting is a number of proxies, or a list of addresses and networks. */
export function isTrustedProxies(setting: readonly string[]): boolean {
  return (setting.length === 1 && HOPS.test(setting[0])) || setting.every((item) => networkOf(item) !== undefined);
}

/** Undefined trusts everybody, as the service that this one replaces. */
export function trustedProxies(setting: readonly string[]): TrustedProxies | undefined {
  if (setting.length === 0) return undefined;
  return HOPS.test(setting[0]) ? byCount(Number(setting[0])) : byNetwork(setting);
}

/** So many proxies stand before us, and each appends whom it saw: the client is that many places from the end. */
function byCount(hops: number): TrustedProxies {
  return {
    clientOf(chain, peer) {
      const seen = [...chain, peer];
      // With fewer entries the request came round some of the proxies: the first is the best there is.
      for (let i = Math.max(0, seen.length - 1 - hops); i < seen.length; i++) if (seen[i] !== undefined) return seen[i];
      return undefined;
    },
  };
}

/** From us outwards, the first that is none of our proxies is the client. */
function byNetwork(networks: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const network of networks) {
    const { address, bits, family } = networkOf(network)!;
    list.addSubnet(address, bits, family);
  }
  const isTrusted = (address: string) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return {
    clientOf(chain, peer) {
      let client = peer;
      if (peer !== undefined && !isTrusted(peer)) return peer;
      for (const address of chain.toReversed()) {
        // Nobody can say what stands left of what is no address.
        if (address === undefined) return client;
        client = address;
        if (!isTrusted(address)) return address;
      }
      return client;
    },
  };
}

function networkOf(text: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [, address = '', length] = NETWORK.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 6 ? 128 : 32;
  const bits = length === undefined ? most : Number(length);
  return bits > most ? undefined : { address, bits, family: version === 6 ? 'ipv6' : 'ipv4' };
}
