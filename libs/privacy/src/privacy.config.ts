import { IsIn, IsOptional, MinLength } from 'class-validator';
import { Env } from '@app/config';
import { IP_MODES, type IpMode } from '@app/token';

export class PrivacyConfig {
  @Env('IP_MODE', {
    meaning:
      "What is kept of a client's address where a project does not say: `keep`, `truncate` (last octet of IPv4, last 80 bits of IPv6 zeroed), `drop` or `hash` (a keyed daily hash in the header `ip_hash`).",
  })
  @IsIn(IP_MODES)
  readonly ipMode: IpMode = 'keep';

  @Env('IP_HASH_SECRET', {
    meaning: 'Key of the hashes of addresses, at least 16 characters, the same for all pods; by default one that the process makes up.',
    secret: true,
  })
  @IsOptional()
  @MinLength(16)
  readonly ipHashSecret?: string;
}
