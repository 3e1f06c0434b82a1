// Runs on whatever Node the machine has (20 or newer): it only fetches the pinned one, and everything after runs on that.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The Node that the lockfile pins. */
export const NODE = join(ROOT, 'node_modules/node/bin/node');

/** Makes node_modules what the lockfile says; does nothing when it is that already. */
export function install() {
  if (!isInstalled()) {
    // npm would empty the folder that the link leads to, and whoever else works with it.
    if (isLink('node_modules')) fail('setup: node_modules is a link, and not what package-lock.json says: install where it leads to');
    console.error('setup: installing the dependencies (npm ci)');
    npm('ci', '--no-audit', '--no-fund', '--loglevel=error');
  }
  // An npm that runs no install scripts by itself leaves the binary out.
  if (!runs(NODE)) npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error');
  if (!runs(NODE)) fail(`setup: the pinned Node (npm package "node") did not install for ${process.platform}-${process.arch}`);
}

/** The environment of everything that follows: the pinned Node comes first. */
export function pinnedEnv() {
  return { ...process.env, PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter) };
}

/** npm keeps in node_modules a lockfile of what it has put there: the two are compared, package by package. */
function isInstalled() {
  const installed = packagesOf('node_modules/.package-lock.json');
  const wanted = Object.entries(packagesOf('package-lock.json'));
  return wanted.every(([path, { version, optional, devOptional }]) => {
    if (path === '' || ((optional || devOptional) && !installed[path])) return true;
    return installed[path]?.version === version && existsSync(join(ROOT, path));
  });
}

function isLink(path) {
  return lstatSync(join(ROOT, path), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(join(ROOT, lockfile), 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/** npm on the machine's own Node: `npm ci` takes the pinned one away before it brings it back. */
function npm(...args) {
  const paths = (process.env.PATH ?? '').split(delimiter).filter((path) => !path.endsWith(join('node_modules', '.bin')));
  const { status, error } = spawnSync('npm', args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: paths.join(delimiter) },
  });
  if (status !== 0) fail(`setup: npm ${args[0]} failed${error ? `: ${error.message}` : ''}`);
}

function runs(node) {
  return existsSync(node) && spawnSync(node, ['--version'], { stdio: 'ignore' }).status === 0;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
