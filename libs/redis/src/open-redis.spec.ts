import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Redis } from 'ioredis';
import { openRedis } from './open-redis.js';
import { RedisConfig } from './redis.config.js';

const config = Object.assign(new RedisConfig(), { connectionTimeoutMs: 300, responseTimeoutMs: 50 });

describe('openRedis', () => {
  const open: Redis[] = [];
  const servers: Server[] = [];
  afterEach(() => {
    for (const redis of open.splice(0)) redis.disconnect();
    for (const server of servers.splice(0)) server.close();
  });

  function openTo(port: number) {
    const events = { onReady: vi.fn(), onLost: vi.fn() };
    const redis = openRedis(`redis://127.0.0.1:${port}`, config, events);
    open.push(redis);
    return { redis, events };
  }

  async function listen(): Promise<number> {
    // Takes every connection and says nothing: a frozen server.
    const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  it('refuses commands at once while there is no connection, and says once that it was lost', async () => {
    const port = await listen();
    servers.pop()?.close();
    const { redis, events } = openTo(port);
    await vi.waitFor(() => expect(events.onLost).toHaveBeenCalledWith('ECONNREFUSED'));
    await expect(redis.get('a')).rejects.toThrow();
    await vi.waitFor(() => expect(redis.status).toBe('reconnecting'));
    expect(events.onLost).toHaveBeenCalledOnce();
  });

  it('gives a silent server up', async () => {
    const { redis, events } = openTo(await listen());
    await expect(redis.get('a')).rejects.toThrow();
    expect(events.onReady).not.toHaveBeenCalled();
  });
});
