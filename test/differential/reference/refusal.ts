import type { RejectionCode } from '@app/event';

/** Why the reference refuses a whole request. */
export class Refusal extends Error {
  constructor(readonly code: RejectionCode) {
    super(code);
  }
}
