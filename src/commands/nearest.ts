import { closest, distance } from 'fastest-levenshtein';

/** Two letters that have changed places are two edits. */
const MOST_EDITS = 2;

/** The name that `given` was probably meant to be; undefined when it is near none. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const near = closest(given, names);
  if (distance(given, near) <= MOST_EDITS) return near;
  const begun = names.filter((name) => given.length > 2 && name.startsWith(given));
  return begun.length === 1 ? begun[0] : undefined;
}
