import { readdirSync, readFileSync } from 'node:fs';
import { get, kubectl, NAMESPACE, until } from './commands.ts';

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { type: string; status: string }[];
    readonly containerStatuses?: readonly { restartCount: number; state: object }[];
  };
}

const GATEWAYS = ['-l', 'app.kubernetes.io/instance=gate,app.kubernetes.io/component=gateway'];

export async function gateways(): Promise<readonly Pod[]> {
  return (await get<{ items: Pod[] }>('pods', ...GATEWAYS)).items;
}

export const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');

export const restarts = (pods: readonly Pod[]): number =>
  pods.flatMap(({ status }) => status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);

/** Exactly so many, and all of them ready. */
export async function untilReady(count: number): Promise<void> {
  await until(`${count} gateways are ready`, async () => {
    const pods = await gateways();
    return pods.length === count && pods.every(isReady);
  });
}

/** Events that wait in the spool of each gateway there is. */
export async function waitingByGateway(): Promise<number[]> {
  const texts: string[] = [];
  for (const { metadata } of await gateways())
    texts.push(await kubectl('get', '--raw', `/api/v1/namespaces/${NAMESPACE}/pods/${metadata.name}:9464/proxy/metrics`));
  return texts.map((text) => Number(/^capture_spool_pending_events(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1]));
}

/** Stops a gateway's process without ending it, as if its event loop stood. @returns the restarts there were before */
export async function freezeOne(): Promise<number> {
  const before = restarts(await gateways());
  const isGateway = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').endsWith('dist/src/main.js\0');
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isGateway(name));
  process.kill(Number(pid), 'SIGSTOP');
  return before;
}
