import { wireRequest } from './http-connection.ts';
import type { LoadOptions, Shape } from './load-options.ts';
import { EVENTS_PER_REQUEST, workloads, type WorkloadName } from './workloads.ts';

/** Room for seven digits: a million ids, a hundred thousand projects. */
const DIGITS = 7;
const digits = (number: number): string => String(number).padStart(DIGITS, '0');
const ID = `person-${digits(0)}`;
/** The project's key of a made-to-measure batch: this and seven digits. */
const PROJECT = 'phc_benchproject00000000000000000000';
export const projectToken = (number: number): string => PROJECT + digits(number);
const TOKEN = projectToken(0);
/** Without a factor in common with a power of ten, so that ids and projects come in no order. */
const STRIDE = 7919;
const TEMPLATES = 8;

export const eventsPerRequest = (load: WorkloadName | Shape): number => (typeof load === 'string' ? EVENTS_PER_REQUEST[load] : load.batch);

/** @returns what gives the next request to send, whole */
export function requestsOf({ load }: Pick<LoadOptions, 'load'>): () => Buffer {
  return typeof load === 'string' ? inTurn(load) : madeToMeasure(load);
}

function inTurn(name: WorkloadName): () => Buffer {
  const { path, headers, bodies } = workloads()[name];
  const requests = bodies.map((body) => wireRequest(path, headers, body));
  let next = 0;
  return () => requests[next++ % requests.length];
}

function madeToMeasure(shape: Shape): () => Buffer {
  const templates = Array.from({ length: TEMPLATES }, (_, i) => template(shape, i));
  let requests = 0;
  let events = 0;
  return () => {
    const { bytes, tokenAt, idsAt } = templates[requests % TEMPLATES];
    // A copy: the bytes of the last one may still be on their way.
    const request = Buffer.from(bytes);
    write(request, tokenAt, (requests++ * STRIDE) % shape.projects);
    for (const at of idsAt) write(request, at, (events++ * STRIDE) % shape.ids);
    return request;
  };
}

function write(request: Buffer, at: number, number: number): void {
  request.latin1Write(digits(number), at);
}

interface Template {
  readonly bytes: Buffer;
  /** Where the digits begin. */
  readonly tokenAt: number;
  readonly idsAt: readonly number[];
}

function template({ batch, bytes }: Shape, seed: number): Template {
  const events = Array.from({ length: batch }, (_, i) => event(bytes, seed * batch + i));
  const body = Buffer.from(JSON.stringify({ api_key: TOKEN, sent_at: '2026-11-24T12:00:01.000Z', batch: events }));
  const request = wireRequest('/batch/', { 'content-type': 'application/json' }, body);
  const idsAt: number[] = [];
  for (let at = request.indexOf(ID); at >= 0; at = request.indexOf(ID, at + 1)) idsAt.push(at + ID.length - DIGITS);
  return { bytes: request, tokenAt: request.indexOf(TOKEN) + PROJECT.length, idsAt };
}

/** An event of about `bytes`, property after property as SDKs have them: short texts, numbers, now and then a long text. */
function event(bytes: number, seed: number) {
  const hex = (seed % 65_536).toString(16).padStart(4, '0');
  const properties: Record<string, unknown> = { $lib: 'web' };
  const made = { event: '$pageview', uuid: `018a981f-${hex}-7c66-825e-8b0eeae65714`, distinct_id: ID, properties };
  let left = bytes - JSON.stringify(made).length;
  for (let i = 0; left > 30; i++) {
    const name = `property_${i}`;
    const value = property(i, seed, left - name.length - 6);
    properties[name] = value;
    left -= name.length + JSON.stringify(value).length + 4;
  }
  return made;
}

function property(i: number, seed: number, room: number): unknown {
  if (i % 4 === 1) return (seed * 31 + i * 17) % 10_000;
  if (i % 4 === 2) return i % 8 === 2;
  const text = i % 4 === 3 ? `https://shop.example/orders/${seed}/details?tab=${i}&sort=date&q=“more”`.repeat(3) : `value ${seed} of ${i}`;
  return text.slice(0, Math.max(1, room));
}
