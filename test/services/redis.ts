import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDebianPackages, isOnPath, MissingService } from './commands.ts';
import { freePort } from './free-port.ts';
import { startOnLeash } from './leash.ts';
import { untilReady } from './until-ready.ts';

export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Redis on loopback that stores nothing. */
export async function startRedis(options: { port?: number } = {}): Promise<RedisServer> {
  await needRedis();
  const port = options.port ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'inlet-redis-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const service = startOnLeash('redis-server', args, { log: join(folder, 'redis.log') });
  await untilReady(service, () => answersPing(port), 20, 'Redis');
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function needRedis(): Promise<void> {
  if (isOnPath('redis-server')) return;
  if (await installDebianPackages(['redis-server'])) return;
  throw new MissingService(
    'Redis needs `redis-server` (`apt-get install redis-server`, `brew install redis`), a running Docker, or REDIS_URL',
  );
}

export function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('data', (reply) => {
      socket.destroy();
      resolve(reply.toString().startsWith('+PONG'));
    });
  });
}
