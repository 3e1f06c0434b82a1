import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a proxy is started on a file; `folder` is its own, and is deleted when it stops. */
export interface ProxyProgram {
  readonly command: string;
  readonly argsFor: (file: string, folder: string) => readonly string[];
}

export const NGINX: ProxyProgram = {
  command: 'nginx',
  argsFor: (file, folder) => ['-p', folder, '-c', file, '-e', 'stderr', '-g', 'daemon off;'],
};
export const HAPROXY: ProxyProgram = { command: 'haproxy', argsFor: (file) => ['-db', '-f', file] };
export const CADDY: ProxyProgram = { command: 'caddy', argsFor: (file) => ['run', '--adapter', 'caddyfile', '--config', file] };

const READY_SECONDS = 20;
const STOP_SECONDS = 5;

export interface RealProxy {
  stop(): Promise<void>;
}

/**
 * Starts a proxy as its users do.
 *
 * @param configIn its configuration, given a folder that it may write to
 * @param ports that it listens on once it is ready
 */
export async function startProxy(
  { command, argsFor }: ProxyProgram,
  configIn: (folder: string) => string,
  ports: readonly number[],
): Promise<RealProxy> {
  const folder = await mkdtemp(join(tmpdir(), `inlet-${command}-`));
  // As another user than root workers find their way in, too.
  await mkdir(join(folder, 'run'), { mode: 0o777 });
  const file = join(folder, `${command}.conf`);
  await writeFile(file, configIn(folder));
  const child = spawn(command, argsFor(file, folder), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-4000)));
  const proxy = { stop: () => stop(child, folder) };
  try {
    for (const port of ports) await listening(port, child);
  } catch (error) {
    await proxy.stop();
    throw new Error(`${command} is not ready: ${said}`, { cause: error });
  }
  return proxy;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (const until = Date.now() + READY_SECONDS * 1000; Date.now() < until; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`it has ended with ${child.exitCode}`);
    const socket = connect({ host: '127.0.0.1', port });
    try {
      await once(socket, 'connect');
      return;
    } catch {
      // Not yet.
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`nobody listens on ${port}`);
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000);
    await ended;
    clearTimeout(late);
  }
  await rm(folder, { recursive: true, force: true });
}
