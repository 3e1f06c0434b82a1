import { distance } from 'fastest-levenshtein';
import type { Environment } from '@app/config';
import { misspelt } from './misspelt.js';
import { isNewestManifest, POSTHOG_NAMES, posthogName } from './posthog-names.js';

/** Names that begin so are a gateway's; what nobody knows among them is a mistake, and one that would go unseen. */
const OURS = /^(?:KAFKA|CAPTURE|SPOOL|EMBEDDED|REPLAY)_/;

/** How many names are offered for one that nobody knows. */
const OFFERED = 3;

export interface UnknownNames {
  /** Sentences that stop the boot. */
  readonly problems: string[];
  /** Sentences that do not. */
  readonly warnings: string[];
  /** Names that are set, mean nothing here, and do not stop the boot. */
  readonly ignored: string[];
}

/**
 * What is set and is no setting.
 *
 * @param known names of settings, and aliases
 * @param tolerant whether the operator wants a warning where the boot would stop
 */
export function unknownNames(env: Environment, known: readonly string[], tolerant: boolean): UnknownNames {
  const found: UnknownNames = { problems: [], warnings: [], ignored: [] };
  const foreign = new Map<string, number>();
  const letsOurs = tolerant || isNewestManifest(env);
  for (const name of Object.keys(env)) {
    if (known.includes(name)) continue;
    const theirs = posthogName(name);
    if (theirs !== undefined) {
      if (isUnderstood(theirs, known)) continue;
      found.ignored.push(name);
      foreign.set(theirs.name, (foreign.get(theirs.name) ?? 0) + 1);
      continue;
    }
    const isOurs = OURS.test(name);
    const meant = misspelt(name, known);
    if (!isOurs && meant === undefined) continue;
    const hint = meant === undefined ? `: the nearest are ${nearest(name, known)}` : `; did you mean ${meant}?`;
    if (isOurs ? letsOurs : tolerant) {
      found.ignored.push(name);
      found.warnings.push(`${name} is ignored: it is not a setting${hint}`);
    } else {
      found.problems.push(`${name} is not a setting${hint}${meant === undefined ? ' (UNKNOWN_SETTINGS=warn starts with it)' : ''}`);
    }
  }
  const several = (name: string, count: number) => (name.endsWith('*') ? `${name} (${count} of them)` : name);
  found.warnings.push(...[...foreign].map(([name, count]) => `${several(name, count)} is set but means nothing here: ignored`));
  return found;
}

/** Whether a setting of ours stands for it. */
export function isUnderstood({ as, form }: { as?: string; form?: string }, known: readonly string[]): boolean {
  return form === 'producer' || (as !== undefined && known.includes(as));
}

/** Of those that begin alike: the first word is hardly ever what is misspelt. */
function nearest(name: string, known: readonly string[]): string {
  const prefix = name.slice(0, name.indexOf('_') + 1);
  const theirs = POSTHOG_NAMES.map((entry) => entry.name).filter((candidate) => !candidate.endsWith('*'));
  const candidates = [...new Set([...known, ...theirs])].filter((candidate) => candidate.startsWith(prefix));
  const far = new Map(candidates.map((candidate) => [candidate, distance(name, candidate)]));
  const [first, ...rest] = candidates.sort((a, b) => (far.get(a) ?? 0) - (far.get(b) ?? 0)).slice(0, OFFERED);
  return rest.length === 0 ? first : `${[first, ...rest.slice(0, -1)].join(', ')} and ${rest.at(-1)}`;
}
