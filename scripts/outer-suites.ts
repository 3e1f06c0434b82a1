// `npm run suites`: writes docs/suites.md. `npm run suites -- record NAME "RESULT"`: what the last run of one of them came to.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const LIST = join(ROOT, 'test/outer-suites.json');
const PAGE = join(ROOT, 'docs/suites.md');

/** A suite that is too long, or needs too much, for each run of CI. */
interface OuterSuite {
  readonly name: string;
  readonly shows: string;
  readonly takes: string;
  readonly last?: { readonly day: string; readonly revision: string; readonly result: string };
}

export function suitesPage(suites: readonly OuterSuite[]): string {
  const rows = suites.map(({ name, shows, takes, last }) => {
    const when = last === undefined ? 'not since this page exists' : `${last.day}, ${last.revision}: ${last.result}`;
    return `| \`npm run ${name}\` | ${shows} | ${takes} | ${when} |`;
  });
  return `# Suites outside of CI

What \`.ci/run\` leaves out, because it takes too long or needs what not every machine has, and when each was last run by somebody. Written by
\`npm run suites\`; \`npm run suites -- record NAME "RESULT"\` enters a run.

<!-- prettier-ignore-start -->
| command | what it shows | it takes | last run |
| --- | --- | --- | --- |
${rows.join('\n')}
<!-- prettier-ignore-end -->
`;
}

export const readSuites = (): OuterSuite[] => JSON.parse(readFileSync(LIST, 'utf8')) as OuterSuite[];

function record(suites: readonly OuterSuite[], name: string, result: string): OuterSuite[] {
  if (!suites.some((suite) => suite.name === name)) throw new Error(`${name} is none of ${suites.map((suite) => suite.name).join(', ')}`);
  const day = new Date().toISOString().slice(0, 10);
  const revision = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  return suites.map((suite) => (suite.name === name ? { ...suite, last: { day, revision, result } } : suite));
}

if (process.argv[1] === import.meta.filename) {
  const [verb, name, result] = parseArgs({ allowPositionals: true }).positionals;
  let suites = readSuites();
  if (verb === 'record') {
    suites = record(suites, name, result);
    writeFileSync(LIST, `${JSON.stringify(suites, undefined, 2)}\n`);
    execFileSync(process.execPath, [join(ROOT, 'node_modules/prettier/bin/prettier.cjs'), '--write', LIST], { stdio: 'ignore' });
  }
  writeFileSync(PAGE, suitesPage(suites));
}
