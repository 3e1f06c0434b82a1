import { CAUSES, REFUSALS, type CauseName, type RefusalName } from '@app/causes';

/** What a refusal is to the ledger, the metrics, and the status of its answer. */
export type RejectionCode = RefusalName;

/** The texts of refusals, by code. Several begin alike for the SDKs that compare them. */
export const REJECTIONS = Object.fromEntries(Object.entries(REFUSALS).map(([code, { says }]) => [code, says])) as Readonly<
  Record<RejectionCode, string>
>;

/** Refuses the whole request. Thrown once a request at most; a single bad event of a batch is a `Drop` instead. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';

  constructor(
    readonly code: RejectionCode,
    /** What and where: index, field, limit, actual size. Never a token, an address or a value of the event. */
    readonly detail?: string,
    /** Closer to the cause than the code: whose page is linked, and whose hint is given. */
    readonly why: CauseName = code,
  ) {
    const { hint } = CAUSES[why];
    const rest = [detail, hint].filter(Boolean).join('. ');
    super(rest === '' ? REJECTIONS[code] : `${REJECTIONS[code]}: ${rest}`);
  }
}
