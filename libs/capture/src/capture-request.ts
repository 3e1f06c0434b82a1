import type { CaptureContext } from '@app/event';
import type { ScannedPayload } from '@app/decoder';

/** A decoded request with a valid token: what an endpoint's handler starts from. */
export interface CaptureRequest {
  readonly payload: ScannedPayload;
  /** Project API key. */
  readonly token: string;
  readonly context: CaptureContext;
  /** The header `Origin`: only browsers send it. */
  readonly origin: string | undefined;
  /** `beacon=1`: the sender can't read a body. */
  readonly isBeacon: boolean;
}
