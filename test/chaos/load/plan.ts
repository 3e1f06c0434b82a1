/** What the generator sends. Files of this folder run on plain Node, in a process of their own. */
export interface LoadPlan {
  /** Of the gateway, without a trailing slash. */
  readonly url: string;
  readonly token: string;
  /** Marks every event of this run, so that a reader tells them from others in the topic. */
  readonly run: string;
  /** Requests a second; they are due at fixed times, whatever the gateway does. */
  readonly rate: number;
  /** Distinct ids. A request waits for the one before it of its key: otherwise there is no order to keep. */
  readonly keys: number;
  readonly eventsPerRequest: number;
  /** Filler in each event, bytes. */
  readonly eventBytes: number;
  /** It stops by itself after so long. */
  readonly maxSeconds: number;
  /** A request without an answer for so long has failed, milliseconds. */
  readonly timeoutMs: number;
  /** First sequence number; a second run of the same keys goes on behind the first. */
  readonly firstSequence: number;
}

export const DEFAULT_PLAN = {
  token: 'phc_chaos',
  rate: 200,
  keys: 100,
  eventsPerRequest: 1,
  eventBytes: 400,
  maxSeconds: 120,
  timeoutMs: 20_000,
  firstSequence: 0,
} as const;

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** What a gateway of our own may be given, and what somebody else's installation. */
export const LIMITS = {
  own: { rate: 2000, maxSeconds: 3 * 3600, bytesPerSecond: 64 << 20 },
  foreign: { rate: 500, maxSeconds: 600, bytesPerSecond: 4 << 20 },
} as const;

/** @throws RangeError for a plan out of bounds: the generator is no weapon */
export function checkPlan(plan: LoadPlan, kind: keyof typeof LIMITS): LoadPlan {
  const limits = LIMITS[kind];
  const { hostname } = new URL(plan.url);
  if (kind === 'own' && !LOOPBACK.has(hostname)) throw new RangeError(`${hostname} is not this machine`);
  if (!(plan.rate > 0 && plan.rate <= limits.rate)) throw new RangeError(`rate: 1 to ${limits.rate} requests a second, not ${plan.rate}`);
  if (!(plan.maxSeconds > 0 && plan.maxSeconds <= limits.maxSeconds)) throw new RangeError(`at most ${limits.maxSeconds} seconds`);
  const bytes = plan.rate * plan.eventsPerRequest * (plan.eventBytes + 250);
  if (bytes > limits.bytesPerSecond) throw new RangeError(`at most ${limits.bytesPerSecond} bytes a second, not ${bytes}`);
  return plan;
}
