/** The names that PostHog's consumers of AI events know. They put any other into their dead letters. */
const KNOWN: ReadonlySet<string> = new Set([
  '$ai_generation',
  '$ai_embedding',
  '$ai_span',
  '$ai_trace',
  '$ai_metric',
  '$ai_feedback',
  '$ai_evaluation',
  '$ai_tag',
  '$ai_trace_summary',
  '$ai_generation_summary',
  '$ai_trace_clusters',
  '$ai_generation_clusters',
]);

/** Which events have the lane of AI events. Quotas go by the prefix, whatever this says. */
export class AiEvents {
  /** @param predicate `allowlist` for the names that consumers know, `prefix` for every `$ai_…` */
  constructor(private readonly predicate: 'allowlist' | 'prefix') {}

  /** Asked for every event: some 10 ns for a name that is none. */
  has(name: string): boolean {
    return name.startsWith('$ai_') && (this.predicate === 'prefix' || KNOWN.has(name));
  }
}
