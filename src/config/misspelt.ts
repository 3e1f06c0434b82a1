import { distance } from 'fastest-levenshtein';

/** Short names are too close to everyday ones: HOST and HOME. */
const SHORTEST = 6;

/** The known name that `name` is probably meant to be; undefined when it is nobody's misspelling. */
export function misspelt(name: string, known: readonly string[]): string | undefined {
  return known.find((candidate) => {
    if (candidate.length < SHORTEST || candidate === name) return false;
    const allowed = candidate.length < 10 ? 1 : 2;
    return Math.abs(candidate.length - name.length) <= allowed && distance(name, candidate) <= allowed;
  });
}
