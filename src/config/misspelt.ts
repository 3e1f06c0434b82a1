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

/** Edits (insert, delete, replace) that lead from one to the other. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}
