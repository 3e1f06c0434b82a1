import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { run } from '../services/commands.ts';

/** Of the run: configuration, logs, volumes, images. */
export const FOLDER = process.env.TEST_CLUSTER_FOLDER ?? '';
export const NAMESPACE = 'capture';
/** Standard time of a step, seconds; the machine may be busy with other things. */
export const STEP_SECONDS = 180;

const KUBECONFIG = join(FOLDER, 'kubeconfig');

/** Standard output of kubectl in the tests' namespace. */
export async function kubectl(...args: string[]): Promise<string> {
  return (await run(process.env.TEST_KUBECTL ?? 'kubectl', ['--kubeconfig', KUBECONFIG, '--namespace', NAMESPACE, ...args])).trim();
}

/** What the API server would say to resources, warnings included; nothing is changed. */
export async function dryRun(file: string): Promise<string> {
  const command = ['"$0" "$@" 2>&1', process.env.TEST_KUBECTL ?? 'kubectl', '--kubeconfig', KUBECONFIG, '--namespace', NAMESPACE];
  return run('sh', ['-c', ...command, 'apply', '--dry-run=server', '--validate=strict', '-f', file]);
}

/** What the API server answers to a `get`, parsed. */
export async function get<T>(...args: string[]): Promise<T> {
  return JSON.parse(await kubectl('get', ...args, '-o', 'json')) as T;
}

export async function apply(...resources: object[]): Promise<void> {
  const file = join(FOLDER, 'apply.yaml');
  writeFileSync(file, resources.map((resource) => `---\n${stringify(resource)}`).join(''));
  await kubectl('apply', '-f', file);
}

export type Helm = (...args: string[]) => Promise<string>;

/** Helm, in the tests' namespace; its caches are the run's. */
export function helmAt(program: string): Helm {
  const places = ['CACHE', 'CONFIG', 'DATA'].map((name) => `HELM_${name}_HOME=${join(FOLDER, 'helm')}`);
  return async (...args) => {
    const [command, ...rest] = args;
    return run('env', [...places, program, '--kubeconfig', KUBECONFIG, '--namespace', NAMESPACE, command, ...rest], 600);
  };
}

/** Asks again and again; an error counts as no. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, seconds = STEP_SECONDS): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  let reason = '';
  while (performance.now() < deadline) {
    try {
      if (await isSo()) return;
      reason = '';
    } catch (error) {
      reason = `: ${(error as Error).message}`;
    }
    await sleep(250);
  }
  throw new Error(`after ${seconds} s still not: ${what}${reason}`);
}
