import { describe, expect, it } from 'vitest';
import { listenFailure } from './listen-failure.js';

const ENV = { PORT: '80', HOST: '127.0.0.1', ADMIN_PORT: '9000', METRICS_PORT: '9464', WORKERS: '1' };

function errorOf(fields: Partial<NodeJS.ErrnoException & { address: string; port: number; hostname: string }>) {
  return Object.assign(new Error('it failed'), { syscall: 'listen', ...fields });
}

describe('what is said when a listener cannot have its address', () => {
  it.each([
    [{ code: 'EACCES', address: '127.0.0.1', port: 80 }, /^PORT=80: this process may not listen on a port below 1024; set PORT/],
    [{ code: 'EADDRINUSE', address: '127.0.0.1', port: 9000 }, /^ADMIN_PORT=9000: another process/],
    [{ code: 'EADDRINUSE', address: '127.0.0.1', port: 9464 }, /^METRICS_PORT=9464: another process/],
    [
      { code: 'EADDRINUSE', syscall: 'bind', address: null as never, port: 80 },
      /^PORT=80: another process listens on 127\.0\.0\.1 port 80/,
    ],
    [{ code: 'ENETDOWN', address: '127.0.0.1', port: 80 }, /^HOST=127\.0\.0\.1, PORT=80: cannot listen there \(it failed\)/],
  ])('%j', (fields, text) => {
    expect(listenFailure(errorOf(fields), ENV)).toMatch(text);
  });

  it('tells of two listeners by the address which one it was', () => {
    const failure = errorOf({ code: 'EADDRNOTAVAIL', address: '203.0.113.9' });
    const env = { PORT: '0', HOST: '127.0.0.1', ADMIN_PORT: '0', ADMIN_HOST: '203.0.113.9', ADMIN_TOKEN: '0123456789abcdef' };
    expect(listenFailure(failure, env)).toMatch(/^ADMIN_HOST=203\.0\.113\.9: this machine does not have that address/);
    expect(listenFailure(failure, { ...env, ADMIN_HOST: '127.0.0.1', HOST: '203.0.113.9' })).toMatch(/^HOST=203\.0\.113\.9/);
  });

  it('says nothing of other failures', () => {
    expect(listenFailure(errorOf({ code: 'ENOENT', syscall: 'open' }), ENV)).toBeUndefined();
    expect(listenFailure(errorOf({ code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'collector.example' }), ENV)).toBeUndefined();
  });
});
