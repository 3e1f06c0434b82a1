import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = join(import.meta.dirname, '../../../dist/src/main.js');

export interface Gateway {
  /** `http://127.0.0.1:port`, without a trailing slash. */
  readonly url: string;
  readonly pid: number;
  /** Where it keeps what it stores; removed on stop unless the caller named it. */
  readonly dataDir: string;
  /** Everything it has printed so far. */
  logs(): string;
  /** Ends it and waits; null as exit code means that the signal itself ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface GatewayOptions {
  /** All the environment it sees, but for `HOST`, `PORT` and `DATA_DIR`, which are chosen when they are not given. */
  readonly env?: Readonly<Record<string, string>>;
  readonly readySeconds?: number;
}

/** Runs the built application (`npm run build` first) and resolves once it says that it is ready. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const dataDir = options.env?.DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'inlet-data-')));
  const port = options.env?.PORT ?? String(await freePort());
  // The clients of tests keep connections open; none of them is about to send when its test stops the gateway.
  const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: port, DATA_DIR: dataDir, SHUTDOWN_DRAIN_MS: '0', ...options.env };
  const child = spawn(process.execPath, [MAIN], { env, cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  // A test run that ends early must not leave it behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  const gateway: Gateway = {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? -1,
    dataDir,
    logs: output,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const code = await exited;
      process.off('exit', kill);
      if (options.env?.DATA_DIR === undefined) await rm(dataDir, { recursive: true, force: true });
      return code;
    },
  };
  await untilReady(gateway, child, options.readySeconds ?? 30);
  return gateway;
}

async function untilReady(gateway: Gateway, child: ChildProcess, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const response = await fetch(`${gateway.url}/_readiness`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.status === 200) return;
    await sleep(50);
  }
  const reason = child.exitCode === null ? `was not ready within ${seconds} s` : `ended with ${child.exitCode}`;
  await gateway.stop('SIGKILL');
  throw new Error(`the gateway ${reason}:\n${gateway.logs()}`);
}

function collect(child: ChildProcess): () => string {
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}
