import { distance } from 'fastest-levenshtein';

/** Longer paths are nobody's misspelling. */
const LONGEST = 64;

/**
 * The route that was probably meant.
 *
 * @param path without its query
 * @param routes those that take events
 * @returns undefined when none is near
 */
export function nearestRoute(path: string, routes: Iterable<string>): string | undefined {
  if (path.length > LONGEST) return undefined;
  const asked = path.replace(/\/$/, '');
  let nearest: string | undefined;
  let least = Infinity;
  for (const route of routes) {
    // A prefix too many: the longest route that the path ends with.
    const edits = asked.endsWith(route) ? -route.length : distance(asked, route);
    if (edits >= least || edits > route.length / 3) continue;
    nearest = route;
    least = edits;
  }
  return nearest;
}
