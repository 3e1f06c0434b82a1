import { isIP } from 'node:net';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { drop, type CaptureContext, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import type { Counter } from 'prom-client';
import { isProtected, type ProtectingMode } from './address/ip-fields.js';
import { truncateAddress } from './address/truncate-address.js';
import { IpPolicy } from './ip-policy.js';

const PRIVACY_VIOLATION = drop('privacy_violation');
/** After everything that could put an address back. */
const LAST = 999_999;

/**
 * The last look at an event of a protecting project: whatever step put an address back (a product team's, or a fault of
 * ours) is counted, and the event goes no further. The counter is always 0; an alert belongs on it.
 */
@Processor({ stage: 'route', order: LAST, onError: 'drop' })
export class PrivacyTripwire extends EventProcessor {
  constructor(
    private readonly policy: IpPolicy,
    @InjectMetric('capture_privacy_violations_total') private readonly violations: Counter,
  ) {
    super();
  }

  process(event: CapturedEvent, context: CaptureContext) {
    const mode = this.policy.modeOf(event.token, context);
    if (mode === 'keep' || !shows(event, mode, context.ip)) return event;
    this.violations.inc();
    return PRIVACY_VIOLATION;
  }
}

function shows(event: CapturedEvent, mode: ProtectingMode, clientIp: string): boolean {
  if (event.ip !== (mode === 'truncate' ? truncateAddress(event.ip) : '')) return true;
  if (event.ipHash !== undefined && isIP(event.ipHash) !== 0) return true;
  // A sender may name its users by address; a key that we made out of it is another thing.
  if (event.isCookieless && clientIp !== '' && event.partitionKey?.endsWith(`:${clientIp}`)) return true;
  return !isProtected(event.data, mode);
}
