import { RESOURCES, type Resource } from '@app/token';

const SURVEYS: ReadonlySet<string> = new Set(['survey sent', 'survey shown', 'survey dismissed']);

/**
 * Which resource an event counts for. Exceptions, surveys, AI events and recordings have quotas of their own and flow on
 * when only `events` is used up; what belongs to none of them is `events`.
 */
export function resourceOf(name: string, isProductTour: boolean): Resource {
  if (name.charCodeAt(0) === 0x24) {
    if (name === '$exception') return 'exceptions';
    if (name === '$snapshot' || name === '$snapshot_items') return 'recordings';
    return name.startsWith('$ai_') ? 'llm_events' : 'events';
  }
  return SURVEYS.has(name) && !isProductTour ? 'surveys' : 'events';
}

/** Bits of a set of resources. */
export const BIT = Object.fromEntries(RESOURCES.map((resource, i) => [resource, 1 << i])) as Readonly<Record<Resource, number>>;
export const SETS_OF_RESOURCES = 1 << RESOURCES.length;
