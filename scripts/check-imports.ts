// `npm run imports`: holds the code against the house's import rules (.dependency-cruiser.cjs).
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['src', 'libs', 'test', 'scripts'];
/** With a compiler that it does not know, dependency-cruiser sees no file and is content. */
const FEWEST_MODULES = 20;

const { forbidden, options } = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as IConfiguration;
process.chdir(ROOT);
const { output } = await cruise(FOLDERS, { ...options, ruleSet: { forbidden }, validate: true, outputType: 'json' });
const { summary } = JSON.parse(output as string) as ICruiseResult;

for (const { rule, from, to, cycle } of summary.violations) {
  const reason = forbidden?.find(({ name }) => name === rule.name)?.comment ?? '';
  const path = cycle ? cycle.map(({ name }) => name).join(' -> ') : to;
  console.log(`${rule.severity} ${rule.name}: ${from}${path === from ? '' : ` -> ${path}`}\n    ${reason}`);
}
console.log(`imports: ${summary.totalCruised} modules, ${summary.violations.length} violations`);
if (summary.totalCruised <= FEWEST_MODULES) {
  console.log(`only ${summary.totalCruised} modules were looked at: the check itself is broken`);
  process.exitCode = 1;
}
if (summary.violations.some(({ rule }) => rule.severity === 'error')) process.exitCode = 1;
