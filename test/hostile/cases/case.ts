import type { WireRequest } from '../../corpus/runner.js';
import { requestOf, type Recipe } from '../request.js';
import { exchange, type Answer } from '../run/exchange.js';

/** One attack, or one honest request that must not be taken for one. */
export interface HostileCase {
  /** What it is an attack on. */
  readonly group: string;
  readonly name: string;
  /** What may be answered; 0 for a connection that ends without an answer. */
  readonly statuses: readonly number[];
  /** Makes what is to be sent; sending it is what is measured. Undefined when it does not fit on the wire. */
  prepare(): Promise<Sending>;
  readonly env?: Readonly<Record<string, string>>;
  /** With a broker and a thread of recordings, and recordings as the honest traffic beside it. */
  readonly hasReplayThread?: boolean;
  /** Sent again and again meanwhile; a small event (or recording) by default. */
  readonly honest?: () => Promise<WireRequest>;
  /** How many events must be durable afterwards: honest cases only. */
  readonly stores?: number;
  /** Part of `npm test`. */
  readonly isShort?: boolean;
}

export interface Sending {
  readonly bytes: number;
  /** What it is, where the case's name does not tell. */
  readonly told?: string;
  send(port: number, limitMs: number): Promise<Answer>;
}

/** What is refused for good, or may be sent again later. */
export const REFUSED = [400, 413, 503] as const;
/** The strict endpoint tells each event's fate under a 200; some bombs are small enough to be events. */
export const ANY = [200, 400, 401, 413, 415, 503] as const;

export type More = Partial<Omit<HostileCase, 'group' | 'name' | 'prepare'>>;

/** Cases of one group: name, recipe, and what differs from a request that is to be refused. */
export function casesOf(group: string, rows: readonly (readonly [string, Recipe, More?])[]): HostileCase[] {
  return rows.map(([name, recipe, more]) => ({ group, name, statuses: REFUSED, prepare: () => sendingOf(recipe), ...more }));
}

export async function sendingOf(recipe: Recipe): Promise<Sending> {
  const request = await requestOf(recipe);
  if (request === undefined) throw new Error(`the request does not fit on the wire of ${recipe.route}`);
  return sendingOne(request);
}

export function sendingOne(request: WireRequest): Sending {
  return { bytes: request.url.length + (request.body?.length ?? 0), send: (port, limitMs) => exchange(port, request, limitMs) };
}
