import { afterEach, describe, expect, it } from 'vitest';
import { letConnectionsEnd, ShutdownState } from '../../src/health/shutdown-state.js';
import { anEventBody, openGateway, post, type Gateway } from './gateway.js';

describe('a gateway that was told to stop', () => {
  let gateway: Gateway;
  afterEach(() => gateway.close());

  it('is not ready any more, still serves, and asks clients to close their connection', async () => {
    gateway = await openGateway();
    expect((await gateway.send(post('/e/', anEventBody()))).headers.connection).not.toBe('close');
    gateway.app.get(ShutdownState).begin();
    const answer = await gateway.send(post('/e/', anEventBody()));
    expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
    expect((await gateway.app.inject('/_readiness')).statusCode).toBe(503);
    expect((await gateway.app.inject('/_liveness')).statusCode).toBe(200);
  });

  it('waits for nobody when no connection is open', async () => {
    gateway = await openGateway();
    await gateway.app.listen(0, '127.0.0.1');
    // Would outlast the test if it waited.
    await letConnectionsEnd(gateway.app, 600_000);
  });

  it('keeps /metrics to itself when asked to', async () => {
    gateway = await openGateway({ EXPORT_PROMETHEUS: 'false' });
    expect((await gateway.app.inject('/metrics')).statusCode).toBe(404);
  });
});
