import { MOST_MEMBERS, TooManyMembersError } from '@app/decoder';
import { Drop, drop, type CaptureContext, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { AddressHash } from './address/address-hash.js';
import { protectIpFields } from './address/ip-fields.js';
import { truncateAddress } from './address/truncate-address.js';
import { IpPolicy } from './ip-policy.js';

const PROTECTION_FAILED = drop('ip_protection_failed');
/** The sender's doing, so that it is told. */
const TOO_MANY_ADDRESSES = new Drop('malformed_event', `"$ip" stands in it more than ${MOST_MEMBERS} times`, 'unparsable');

/**
 * Takes from an event what its project does not keep of the client's address: in the envelope, in `$ip`, in the
 * partition key. It fails closed: an event that can't be protected is dropped.
 */
@Processor({ stage: 'enrich', onError: 'drop' })
export class ProtectAddress extends EventProcessor {
  constructor(
    private readonly policy: IpPolicy,
    private readonly hash: AddressHash,
  ) {
    super();
  }

  process(event: CapturedEvent, context: CaptureContext) {
    const mode = this.policy.modeOf(event.token, context);
    if (mode === 'keep') return event;
    try {
      return {
        ...event,
        ip: mode === 'truncate' ? truncateAddress(event.ip) : '',
        ipHash: mode === 'hash' && event.ip !== '' ? this.hash.of(event.token, event.ip, context.now) : undefined,
        data: protectIpFields(event.data, mode),
        partitionKey: this.partitionKey(event, context),
      };
    } catch (error) {
      return error instanceof TooManyMembersError ? TOO_MANY_ADDRESSES : PROTECTION_FAILED;
    }
  }

  /** Cookieless visitors are told apart by their address, which a key must not show. */
  private partitionKey({ isCookieless, partitionKey, token, ip }: CapturedEvent, { now }: CaptureContext): string | null {
    if (!isCookieless || partitionKey !== `${token}:${ip}`) return partitionKey;
    return `${token}:${this.hash.of(token, ip, now)}`;
  }
}
