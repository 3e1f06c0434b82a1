import { PIPELINES, type Pipeline, type Restriction, type RestrictionType } from './restriction.js';

export interface ParsedRestrictions {
  readonly rules: readonly Restriction[];
  /** What is wrong with which record, without its content. */
  readonly problems: readonly string[];
}

/**
 * Reads the array that the project's backend wrote. A record of another version, without a token or a topic, or for
 * pipelines that nobody knows is skipped by itself.
 *
 * @throws SyntaxError when the text is no JSON array
 */
export function parseRestrictions(type: RestrictionType, text: string): ParsedRestrictions {
  const records: unknown = JSON.parse(text);
  if (!Array.isArray(records)) throw new SyntaxError('not an array');
  const rules: Restriction[] = [];
  const problems: string[] = [];
  records.forEach((record: unknown, i) => {
    const rule = ruleOf(type, record, i);
    if (typeof rule === 'string') problems.push(`record ${i}: ${rule}`);
    else rules.push(rule);
  });
  return { rules, problems };
}

function ruleOf(type: RestrictionType, record: unknown, position: number): Restriction | string {
  if (typeof record !== 'object' || record === null) return 'no object';
  const fields = record as Record<string, unknown>;
  if (fields.version !== 2) return 'version is not 2';
  if (typeof fields.token !== 'string' || fields.token === '') return 'no token';
  const pipelines = (textsOf(fields.pipelines) ?? []).filter((name): name is Pipeline => (PIPELINES as readonly string[]).includes(name));
  if (pipelines.length === 0) return 'no known pipeline';
  const topic = (fields.args as { topic?: unknown } | null | undefined)?.topic;
  if (type === 'redirect_to_topic' && !isTopic(topic)) return 'no topic';
  const lists = [fields.distinct_ids, fields.session_ids, fields.event_names, fields.event_uuids].map(textsOf);
  // A list that can't be read must not become "no condition": the rule would hit everybody.
  if (lists.includes(undefined)) return 'a filter is no list of texts';
  const [distinctIds, sessionIds, eventNames, eventUuids] = lists.map((list) => new Set(list));
  return {
    type,
    token: fields.token,
    pipelines: new Set(pipelines),
    distinctIds: distinctIds,
    sessionIds: sessionIds,
    eventNames: eventNames,
    eventUuids: new Set([...eventUuids].map((uuid) => uuid.toLowerCase())),
    topic: type === 'redirect_to_topic' ? (topic as string) : undefined,
    index: typeof fields.index === 'number' ? fields.index : position,
  };
}

function textsOf(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

/** What a broker takes as a topic's name: another would make every such event fail for ever. */
function isTopic(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9._-]{1,249}$/.test(value) && !/^\.{1,2}$/.test(value);
}
