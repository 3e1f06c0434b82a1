import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A service that this machine cannot give; the message says what is missing and how to get it. */
export class MissingService extends Error {
  override readonly name = 'MissingService';
}

export function isOnPath(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, command)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Standard output of a command; rejects with its error output. */
export async function run(command: string, args: readonly string[], seconds = 300): Promise<string> {
  try {
    const { stdout } = await execute(command, args, { timeout: seconds * 1000, maxBuffer: 64 << 20, encoding: 'utf8' });
    return stdout;
  } catch (error) {
    const { stderr = '', stdout = '', message } = error as Error & { stderr?: string; stdout?: string };
    const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n');
    throw new Error(`${command} failed: ${tail || message}`, { cause: error });
  }
}

let engine: Promise<boolean> | undefined;

/** Docker counts only if its engine answers; the client alone is no use. */
export function hasDocker(): Promise<boolean> {
  engine ??= isOnPath('docker') ? run('docker', ['info', '--format', '{{.ID}}'], 10).then(Boolean, () => false) : Promise.resolve(false);
  return engine;
}

let installing: Promise<unknown> = Promise.resolve();

/** As root on Debian a missing package is fetched, and said so; elsewhere that is the owner's decision. */
export function installDebianPackages(packages: readonly string[]): Promise<boolean> {
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) return Promise.resolve(false);
  // Services start side by side, but the package database lets in one at a time.
  const turn = installing.then(() => aptInstall(packages));
  installing = turn;
  return turn;
}

async function aptInstall(packages: readonly string[]): Promise<boolean> {
  console.log(`services: installing ${packages.join(', ')} with apt-get`);
  try {
    await run('apt-get', ['update', '-qq']);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], 600);
    return true;
  } catch (error) {
    console.log(`services: ${(error as Error).message}`);
    return false;
  }
}
