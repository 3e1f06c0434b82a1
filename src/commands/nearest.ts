import { distance } from 'fastest-levenshtein';

/** Two letters that have changed places are two edits. */
const MOST_EDITS = 2;

/** The name that `given` was probably meant to be; undefined when it is near none. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const ranked = names.map((name) => ({ name, edits: distance(given, name) })).toSorted((a, b) => a.edits - b.edits);
  const begun = names.filter((name) => given.length > 2 && name.startsWith(given));
  if (ranked[0] !== undefined && ranked[0].edits <= MOST_EDITS) return ranked[0].name;
  return begun.length === 1 ? begun[0] : undefined;
}
