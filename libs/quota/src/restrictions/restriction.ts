import type { CapturedEvent } from '@app/event';

/** As the reference names them; also the last part of their keys in Redis. */
export const RESTRICTION_TYPES = [
  'drop_event_from_ingestion',
  'force_overflow_from_ingestion',
  'redirect_to_dlq',
  'redirect_to_topic',
  'skip_person_processing',
] as const;
export type RestrictionType = (typeof RESTRICTION_TYPES)[number];

export const PIPELINES = ['analytics', 'session_recordings', 'ai', 'errortracking'] as const;
export type Pipeline = (typeof PIPELINES)[number];

/** One rule: it applies to an event of its token and pipelines that is in every one of its lists; an empty list is no condition. */
export interface Restriction {
  readonly type: RestrictionType;
  readonly token: string;
  readonly pipelines: ReadonlySet<Pipeline>;
  readonly distinctIds: ReadonlySet<string>;
  readonly sessionIds: ReadonlySet<string>;
  readonly eventNames: ReadonlySet<string>;
  readonly eventUuids: ReadonlySet<string>;
  /** Only with `redirect_to_topic`. */
  readonly topic: string | undefined;
  /** Of two that contradict each other the lower counts. */
  readonly index: number;
}

export function applies(rule: Restriction, event: CapturedEvent): boolean {
  return (
    isOfPipelines(rule.pipelines, event) &&
    admits(rule.distinctIds, event.distinctId) &&
    admits(rule.eventNames, event.name) &&
    admits(rule.sessionIds, event.sessionId) &&
    admits(rule.eventUuids, event.uuid)
  );
}

function admits(list: ReadonlySet<string>, value: string | undefined): boolean {
  return list.size === 0 || (value !== undefined && list.has(value));
}

/**
 * Recordings are a pipeline of their own. Everything else that comes in here is `analytics`, exceptions and AI events too,
 * which can also be meant apart from the rest.
 */
function isOfPipelines(pipelines: ReadonlySet<Pipeline>, { route, name }: CapturedEvent): boolean {
  if (route === 'replay') return pipelines.has('session_recordings');
  if (pipelines.has('analytics')) return true;
  if (name === '$exception') return pipelines.has('errortracking');
  return pipelines.has('ai') && name.startsWith('$ai_');
}
