import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CorpusCase } from './corpus-case.js';

export interface CorpusFile {
  readonly name: string;
  readonly cases: readonly CorpusCase[];
}

/** Every case, file by file; an error names the file and line. */
export function readCorpus(directory: string = import.meta.dirname): CorpusFile[] {
  const files = readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
  const seen = new Set<string>();
  return files.map((name) => {
    const lines = readFileSync(join(directory, name), 'utf8').split('\n');
    const cases = lines.flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line, `${name}:${i + 1}`, seen)]));
    return { name, cases };
  });
}

function parseLine(line: string, where: string, seen: Set<string>): CorpusCase {
  let corpusCase: CorpusCase;
  try {
    corpusCase = JSON.parse(line) as CorpusCase;
  } catch (error) {
    throw new Error(`${where}: ${String(error)}`, { cause: error });
  }
  if (!corpusCase.id || seen.has(corpusCase.id)) throw new Error(`${where}: id "${corpusCase.id}" is missing or not unique`);
  if (isRun(corpusCase) && !(corpusCase.request && corpusCase.expect))
    throw new Error(`${where}: a case that runs needs request and expect`);
  seen.add(corpusCase.id);
  return corpusCase;
}

/** False for what another spec proves and what no request can bring about. */
export function isRun({ elsewhere, unreachable }: CorpusCase): boolean {
  return elsewhere === undefined && unreachable === undefined;
}

/** Cases that can share one gateway. */
export function groupByEnv(cases: readonly CorpusCase[]): { env: Readonly<Record<string, string>>; cases: readonly CorpusCase[] }[] {
  return [...Map.groupBy(cases, ({ env }) => JSON.stringify(env ?? {}))].map(([env, group]) => ({
    env: JSON.parse(env) as Record<string, string>,
    cases: group,
  }));
}

/** What did not run, as one visible line a kind: `unreachable: 8 cases (T24.12 T82.10 …)`. */
export function tally(cases: readonly CorpusCase[]): string[] {
  const reason = ({ unreachable }: CorpusCase): string => (unreachable === undefined ? 'shown by another spec' : 'unreachable');
  return [
    ...Map.groupBy(
      cases.filter((one) => !isRun(one)),
      reason,
    ),
  ].map(([why, group]) => `${why}: ${group.length} cases (${group.map(({ id }) => id).join(' ')})`);
}
