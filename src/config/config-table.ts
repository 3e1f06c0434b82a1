import { envFields } from '@app/config';
import { CONFIG_CLASSES } from './config-classes.js';

export const TABLE_START = '<!-- configuration: written by `npm run config -- --write` -->';
export const TABLE_END = '<!-- end of configuration -->';

/** Every variable with default and meaning, as a table in Markdown. */
export function configTable(): string {
  const rows = CONFIG_CLASSES.flatMap((configClass) => {
    const defaults = new configClass() as Record<string, unknown>;
    return envFields(configClass).map(
      ({ name, property, meaning }) => `| \`${name}\` | ${code(defaultText(defaults[property]))} | ${meaning.replaceAll('|', '\\|')} |`,
    );
  });
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Empty for what is not set by default. */
export function defaultText(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
}

/** `docs/settings.md` with the table between its markers replaced. */
export function withConfigTable(page: string): string {
  const [before, rest] = page.split(TABLE_START);
  const after = rest?.split(TABLE_END)[1];
  if (after === undefined) throw new Error('docs/settings.md lacks the markers of the configuration table');
  return `${before}${TABLE_START}\n\n<!-- prettier-ignore-start -->\n${configTable()}\n<!-- prettier-ignore-end -->\n\n${TABLE_END}${after}`;
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}
