import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { envFields } from '@app/config';
import { CONFIG_CLASSES, type ConfigClass } from './config-classes.js';
import { defaultText, withConfigTable } from './config-table.js';

// `npm run config` lists every variable; with `--write` it renews the table in the README.
if (process.argv.includes('--write')) writeFileSync('README.md', withConfigTable(readFileSync('README.md', 'utf8')));
else process.stdout.write(CONFIG_CLASSES.map(describe).join('\n'));

function describe(configClass: ConfigClass): string {
  const defaults = new configClass() as Record<string, unknown>;
  const lines = envFields(configClass).map(
    ({ name, property, meaning }) => `  ${name}=${defaultText(defaults[property])}\n      ${meaning}\n`,
  );
  return `${configClass.name}\n${lines.join('')}`;
}
