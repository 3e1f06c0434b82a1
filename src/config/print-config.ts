import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { envFields } from '@app/config';
import { causesMarkdown } from '../docs/causes-markdown.js';
import { withValuesTable } from './chart-readme.js';
import { withSettings } from './chart-schema.js';
import { CONFIG_CLASSES, type ConfigClass } from './config-classes.js';
import { defaultText, withConfigTable } from './config-table.js';
import { withPosthogNames } from './replace-page.js';

/** Every variable, on standard output. */
export function printConfig(): void {
  process.stdout.write(CONFIG_CLASSES.map(describe).join('\n'));
}

/** Renews what is derived from the variables in the docs and the chart of the working directory. */
export function writeConfig(): void {
  rewrite('docs/settings.md', withConfigTable);
  writeFileSync('docs/causes.md', causesMarkdown());
  rewrite('docs/replace-posthog-capture.md', withPosthogNames);
  rewrite('helm/values.schema.json', withSettings);
  rewrite('helm/README.md', (readme) => withValuesTable(readme, readFileSync('helm/values.yaml', 'utf8')));
}

function describe(configClass: ConfigClass): string {
  const defaults = new configClass() as Record<string, unknown>;
  const lines = envFields(configClass).map(
    ({ name, property, meaning }) => `  ${name}=${defaultText(defaults[property])}\n      ${meaning}\n`,
  );
  return `${configClass.name}\n${lines.join('')}`;
}

function rewrite(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
