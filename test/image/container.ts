import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../services/free-port.ts';
import { podman } from './containers.ts';

/** As strict as a Pod of the profile `restricted`, and stricter: nothing can be written but the data directory. */
const STRICT = ['--read-only', '--read-only-tmpfs=false', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
const LIMITS = ['--memory', '768m', '--pids-limit', '64'];

export interface Container {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  readonly port: number;
  /** Standard output of a command in it. */
  exec(...command: string[]): Promise<string>;
  /** Exit code of the image's own health check. */
  healthCheck(): Promise<boolean>;
  signal(name: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Waits until it ends by itself. @returns its exit code */
  exitCode(): Promise<number>;
  logs(): Promise<string>;
  remove(): Promise<void>;
}

/** Runs the image on this machine's loopback until it answers. */
export async function startContainer(image: string, env: Readonly<Record<string, string>>): Promise<Container> {
  const port = await freePort();
  const variables = Object.entries({ HOST: '127.0.0.1', PORT: String(port), ...env }).flatMap(([name, value]) => [
    '--env',
    `${name}=${value}`,
  ]);
  const id = (await podman('run', '--detach', '--network', 'host', ...STRICT, ...LIMITS, ...variables, image)).trim();
  const container = handleOf(id, port);
  try {
    await untilUp(container);
  } catch (error) {
    const logs = await container.logs().catch(() => '');
    await container.remove();
    throw new Error(`${(error as Error).message}\n${logs}`, { cause: error });
  }
  return container;
}

function handleOf(id: string, port: number): Container {
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    exec: (...command) => podman('exec', id, ...command),
    healthCheck: () =>
      podman('healthcheck', 'run', id).then(
        () => true,
        () => false,
      ),
    signal: async (name) => void (await podman('kill', '--signal', name, id)),
    exitCode: async () => Number(await podman('wait', id)),
    logs: () => podman('logs', id),
    remove: async () => void (await podman('rm', '--force', '--volumes', '--time', '0', id)),
  };
}

async function untilUp({ url }: Container): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const response = await fetch(`${url}/_readiness`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.status === 200) return;
    await sleep(100);
  }
  throw new Error('the container did not come up');
}
