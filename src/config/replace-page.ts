import { envFields } from '@app/config';
import { CONFIG_CLASSES } from './config-classes.js';
import { defaultText } from './config-table.js';
import { POSTHOG_NAMES, type PosthogName } from './posthog-names.js';
import { isUnderstood } from './unknown-names.js';

/** The tables of docs/replace-posthog-capture.md, by the word in their markers. */
const TABLES = { kept: keptTable, newest: newestTable, ignored: ignoredTable };

/** The page with its tables between their markers replaced. */
export function withPosthogNames(page: string): string {
  return Object.entries(TABLES).reduce((text, [name, table]) => {
    const start = `<!-- ${name}: written by \`npm run config -- --write\` -->`;
    const end = `<!-- end of ${name} -->`;
    const [before, rest] = text.split(start);
    const after = rest?.split(end)[1];
    if (after === undefined) throw new Error(`docs/replace-posthog-capture.md lacks the markers of its table ${name}`);
    return `${before}${start}\n\n<!-- prettier-ignore-start -->\n${table()}\n<!-- prettier-ignore-end -->\n\n${end}${after}`;
  }, page);
}

/** Names that are settings here. */
function keptTable(): string {
  const rows = entries('kept').map(({ name, default: theirs, note }) => [code(name), code(theirs), code(ourDefault(name)), note]);
  return markdown(['variable', 'default there', 'default here', ''], rows);
}

/** Names that stand for a setting. */
function newestTable(): string {
  const rows = entries('understood').map(({ name, default: theirs, as, note }) => [code(name), code(theirs), code(as), note]);
  return markdown(['variable', 'default there', 'here', ''], rows);
}

function ignoredTable(): string {
  const rows = entries('ignored').map(({ name, note }) => [code(name), note ?? 'no equivalent']);
  return markdown(
    ['variable', 'instead'],
    rows.sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1)),
  );
}

type Meaning = 'kept' | 'understood' | 'ignored';

function entries(wanted: Meaning): PosthogName[] {
  const known = fields().flatMap(({ name, aliases }) => ['ADDRESS', name, ...aliases]);
  return POSTHOG_NAMES.filter((entry) => {
    const meaning: Meaning = known.includes(entry.name) ? 'kept' : isUnderstood(entry, known) ? 'understood' : 'ignored';
    return meaning === wanted;
  });
}

function fields() {
  return CONFIG_CLASSES.flatMap((configClass) => {
    const defaults = new configClass() as Record<string, unknown>;
    return envFields(configClass).map(({ name, aliases, property }) => ({ name, aliases, value: defaults[property] }));
  });
}

function ourDefault(variable: string): string {
  return defaultText(fields().find(({ name, aliases }) => [name, ...aliases].includes(variable))?.value);
}

function code(text: string | undefined): string {
  return text === undefined || text === '' ? '' : `\`${text}\``;
}

function markdown(head: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  const line = (cells: readonly (string | undefined)[]) => `| ${cells.map((cell) => (cell ?? '').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
