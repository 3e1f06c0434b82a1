export const RESOURCES = ['events', 'recordings', 'exceptions', 'surveys', 'llm_events'] as const;
/** What is counted and limited apart from the rest. */
export type Resource = (typeof RESOURCES)[number];

const SURVEYS: ReadonlySet<string> = new Set(['survey sent', 'survey shown', 'survey dismissed']);

/**
 * Which resource an event counts for. Exceptions, surveys, AI events and recordings have quotas of their own and flow on
 * when only `events` is used up; what belongs to none of them is `events`.
 *
 * @param isProductTour it carries `$product_tour_id`, which tells a tour from a survey
 */
export function resourceOf(name: string, isProductTour: boolean): Resource {
  if (name.charCodeAt(0) === 0x24) {
    if (name === '$exception') return 'exceptions';
    if (name === '$snapshot' || name === '$snapshot_items') return 'recordings';
    return name.startsWith('$ai_') ? 'llm_events' : 'events';
  }
  return SURVEYS.has(name) && !isProductTour ? 'surveys' : 'events';
}
