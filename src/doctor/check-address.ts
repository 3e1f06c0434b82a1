import { CaptureConfig, clientIp, trustedProxies } from '@app/capture';
import type { Config } from '../config/load-config.js';
import { about, type Finding } from './finding.js';

const { ok, warning } = about('address');

/** A request as your outermost proxy would pass it on. */
export interface SampleRequest {
  readonly forwardedFor: string;
  /** Who is connected to the gateway. */
  readonly peer: string;
}

/** Addresses of documentation (RFC 5737) behind two proxies of a private network; the first claims to be somebody else. */
export const SAMPLE: SampleRequest = { forwardedFor: '192.0.2.66, 203.0.113.7, 10.0.0.1', peer: '10.0.0.2' };

export function checkAddress(config: Config, { forwardedFor, peer }: SampleRequest): Finding[] {
  const { trustedProxies: setting } = config.get(CaptureConfig);
  const stored = clientIp({ 'x-forwarded-for': forwardedFor }, peer, trustedProxies(setting));
  const text = `of a request from ${peer} with "X-Forwarded-For: ${forwardedFor}" the address ${stored || '(none)'} is stored`;
  return setting.length > 0
    ? [ok(text)]
    : [ok(text), warning('TRUSTED_PROXIES is not set: whoever sends the header chooses the address; name your proxies if that matters')];
}
