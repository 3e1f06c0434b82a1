import type { WireEvent, WireRequest } from './decode-request.ts';
import { decodeRequest } from './decode-request.ts';

/** The protocol that answers for each event. */
export function isStrict(url: string): boolean {
  return url.startsWith('/i/v1/analytics/events');
}

const OPTIONS: Readonly<Record<string, string>> = {
  cookieless_mode: '$cookieless_mode',
  disable_skew_correction: '$ignore_sent_at',
  process_person_profile: '$process_person_profile',
  product_tour_id: '$product_tour_id',
};

/** The properties that consumers know, made of what the strict protocol has at other places. */
export function strictProperties(event: WireEvent, { headers }: WireRequest): Record<string, unknown> {
  const [library, version] = String(headers['posthog-sdk-info'] ?? '').split('/');
  const options = Object.entries((event.options ?? {}) as WireEvent).map(([key, value]) => [OPTIONS[key], value]);
  const all = { $session_id: event.session_id, $window_id: event.window_id, $lib: library, $lib_version: version };
  return { ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)), ...Object.fromEntries(options) };
}

/** An answer of the strict protocol that asks for every event again. */
export function retryAll(request: WireRequest): string {
  const results = decodeRequest(request).events.map(({ uuid }) => [uuid, { result: 'retry', details: 'not_persisted' }]);
  return JSON.stringify({ results: Object.fromEntries(results) as unknown });
}
