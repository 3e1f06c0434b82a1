import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { envFields } from '@app/config';
import { CONFIG_CLASSES } from './config-classes.js';
import { withConfigTable } from './config-table.js';

// `npm run config` lists every variable; with `--write` it renews the table in the README.
if (process.argv.includes('--write')) {
  writeFileSync('README.md', withConfigTable(readFileSync('README.md', 'utf8')));
} else {
  for (const configClass of CONFIG_CLASSES) {
    const defaults = new configClass() as Record<string, unknown>;
    console.log(`\n${configClass.name}`);
    for (const { name, property, meaning } of envFields(configClass))
      console.log(`  ${name}=${String(defaults[property] ?? '')}\n      ${meaning}`);
  }
}
