// Builds into dist/, unless dist/ is what the sources would give anyway.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const MAIN = join(ROOT, 'dist/src/main.js');
const STAMP = join(ROOT, 'dist/.sources');
const SOURCES = ['src/**/*.ts', 'libs/**/*.ts', 'tsconfig*.json', 'nest-cli.json', 'package-lock.json'];

export function build(): boolean {
  const digest = digestOfSources();
  if (existsSync(MAIN) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) return true;
  console.log('build: compiling into dist/');
  const { status } = spawnSync(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0 || !existsSync(MAIN)) return false;
  writeFileSync(STAMP, digest);
  return true;
}

/** Contents rather than times: a checkout of an older commit has newer times. */
function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const file of globSync(SOURCES, { cwd: ROOT }).toSorted()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

if (import.meta.main && !build()) process.exit(1);
