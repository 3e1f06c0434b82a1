import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER, get, kubectl, NAMESPACE, until, type Helm } from './commands.ts';
import { gateways, untilReady } from './pods.ts';
import { writeValues } from './values.ts';

export const CHART = 'helm';
export const RELEASE = 'gate';
/** Of all that the release has. */
export const NAME = 'gate-inlet';
export const WAIT = ['--wait', '--timeout', '5m'];

const values = writeValues();
const settings = (set: readonly string[]) => set.flatMap((value) => ['--set', value]);

export async function install(helm: Helm, ...set: string[]): Promise<void> {
  await helm('install', RELEASE, CHART, '--values', values, ...WAIT, ...settings(set));
}

export async function upgrade(helm: Helm, ...set: string[]): Promise<void> {
  await helm('upgrade', RELEASE, CHART, '--values', values, ...WAIT, ...settings(set));
}

export async function uninstall(helm: Helm): Promise<void> {
  await helm('uninstall', RELEASE, '--wait');
  await until('the pods are gone', async () => (await gateways()).length === 0);
}

/** A change of pods: runs it, waits, and gives which pods were there before and are still. */
export async function survivors(count: number, change: () => Promise<unknown>): Promise<string[]> {
  const before = await uids();
  await change();
  await untilReady(count);
  return (await uids()).filter((uid) => before.includes(uid));
}

async function uids(): Promise<string[]> {
  return (await gateways()).map(({ metadata }) => metadata.uid);
}

/** Of the release, as its ConfigMap has it. */
export async function setting(name: string): Promise<string | undefined> {
  return (await get<{ data: Record<string, string> }>('configmap', NAME)).data[name];
}

interface Claims {
  readonly items: readonly { metadata: { name: string }; status: { phase: string }; spec: { volumeName: string } }[];
}

/** Each claim, its phase and its volume. */
export async function claims(): Promise<readonly { name: string; phase: string; volume: string }[]> {
  const { items } = await get<Claims>('persistentvolumeclaims');
  return items.map(({ metadata, status, spec }) => ({ name: metadata.name, phase: status.phase, volume: spec.volumeName }));
}

/** Asks as the drain of a node does. @returns what the API server says against it, empty if it does it */
export async function evict(name: string): Promise<string> {
  const file = join(FOLDER, `eviction-${name}.json`);
  writeFileSync(file, JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: NAMESPACE } }));
  return kubectl('create', '--raw', `/api/v1/namespaces/${NAMESPACE}/pods/${name}/eviction`, '-f', file).then(
    () => '',
    (error: Error) => error.message,
  );
}
