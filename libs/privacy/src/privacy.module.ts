import { Logger, Module } from '@nestjs/common';
import { AddressHash } from './address/address-hash.js';
import { DoNotTrack } from './do-not-track.processor.js';
import { IpPolicy } from './ip-policy.js';
import { PrivacyConfig } from './privacy.config.js';
import { PrivacyTripwire } from './privacy-tripwire.processor.js';
import { ProtectAddress } from './protect-address.processor.js';

/** What of a client's address remains, and what its wish not to be tracked does. */
@Module({
  providers: [
    IpPolicy,
    DoNotTrack,
    ProtectAddress,
    PrivacyTripwire,
    { provide: AddressHash, inject: [PrivacyConfig], useFactory: openHash },
  ],
})
export class PrivacyModule {}

function openHash({ ipHashSecret, ipMode }: PrivacyConfig): AddressHash {
  if (ipHashSecret === undefined && ipMode === 'hash')
    new Logger('Privacy').warn('IP_HASH_SECRET is not set: hashes of addresses differ between processes and end with them');
  return new AddressHash(ipHashSecret);
}
