import { afterEach, describe, expect, it, vi } from 'vitest';
import { AdminListener, type ProjectFacts } from '@app/admin';
import { FairShare } from '@app/pipeline';
import { counter, openGateway, post, type Gateway } from './gateway.js';

const MIB = 1024 * 1024;

describe('one project among many', () => {
  let gateway: Gateway;
  let release: () => void;
  afterEach(() => gateway.close());

  /** A sink that keeps its requests waiting until `release`. */
  function holdDeliveries(): void {
    const deliver = gateway.sink.deliver.bind(gateway.sink);
    const gate = new Promise<void>((resolve) => (release = resolve));
    gateway.sink.deliver = async (events, context) => {
      await gate;
      return deliver(events, context);
    };
  }

  const send = (token: string, bytes: number) =>
    gateway.send(post('/e/', { token, event: 'e', distinct_id: 'd', properties: { filler: 'x'.repeat(bytes) } }));
  const reserved = () => counter(gateway, 'capture_in_flight_bytes');

  it('is told to come again when it holds its share of the bytes in flight; others go on', async () => {
    gateway = await openGateway({ MAX_IN_FLIGHT_BYTES: String(4 * MIB), PROJECT_IN_FLIGHT_SHARE: '0.25' });
    holdDeliveries();
    const first = send('phc_greedy', 200_000);
    await vi.waitFor(async () => expect(await reserved()).toBeGreaterThan(400_000), 10_000);
    const again = await send('phc_greedy', 200_000);
    expect([again.status, again.body]).toEqual([
      503,
      expect.stringMatching(/^transient error, please retry: too many bytes of this project/),
    ]);
    expect(again.headers['retry-after']).toBeDefined();
    const others = [send('phc_modest', 1000), send('phc_another', 200_000)];
    release();
    expect((await Promise.all([first, ...others])).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await send('phc_greedy', 200_000)).status).toBe(200);
    expect(await counter(gateway, 'capture_project_share_refused_requests')).toBe(1);
    expect(await reserved()).toBe(0);
  });

  it('finds room for its events while others’ recordings take all the room that recordings have', async () => {
    gateway = await openGateway({ MAX_IN_FLIGHT_BYTES: String(4 * MIB), REPLAY_IN_FLIGHT_PERCENT: '25' });
    holdDeliveries();
    const record = (token: string) => {
      const properties = {
        $session_id: token.replace('_', '-'),
        distinct_id: 'd',
        $snapshot_data: [{ type: 3, text: 'x'.repeat(200_000) }],
      };
      return gateway.send(post('/s/', { token, event: '$snapshot', properties }));
    };
    const first = record('phc_one');
    await vi.waitFor(async () => expect(await reserved()).toBeGreaterThan(600_000), 10_000);
    const second = await record('phc_two');
    expect([second.status, second.body]).toEqual([
      503,
      expect.stringMatching(/^transient error, please retry: too many bytes in flight\./),
    ]);
    const event = send('phc_two', 200_000);
    release();
    expect((await Promise.all([first, event])).map(({ status }) => status)).toEqual([200, 200]);
    expect((await record('phc_two')).status).toBe(200);
    expect(await reserved()).toBe(0);
  });

  it.each(['/e/', '/s/'])('has its share back after each request to %s', async (path) => {
    gateway = await openGateway({ MAX_IN_FLIGHT_BYTES: String(4 * MIB), PROJECT_IN_FLIGHT_SHARE: '0.25' });
    const properties = { $session_id: 's', $window_id: 'w', distinct_id: 'd', $snapshot_data: [{ type: 3, text: 'x'.repeat(100_000) }] };
    for (let i = 0; i < 5; i++) {
      const { status, body } = await gateway.send(post(path, { token: 'phc_one', event: '$snapshot', properties }));
      expect([status, body]).toEqual([200, expect.anything()]);
    }
    const shares = gateway.app.get<FairShare & Pick<ProjectFacts, 'factsOf'>>(FairShare, { strict: false });
    expect(shares.factsOf('phc_one')).toMatchObject({ bytesInFlight: 0 });
  });

  it('is shown to operators by what it sends, and is no label', async () => {
    gateway = await openGateway({ ADMIN_PORT: '0' });
    for (let i = 0; i < 50; i++) await send(`phc_small${i}`, 10);
    await send('phc_greedy', 200_000);
    const url = gateway.app.get(AdminListener, { strict: false }).url;
    const overview = (await (await fetch(`${url}/_projects`)).json()) as { traffic: { busiest: { token: string }[] } };
    expect(overview.traffic.busiest[0].token).toBe('phc_greedy');
    expect(overview.traffic.busiest).toHaveLength(20);
    const metrics = await gateway.app.inject({ method: 'GET', url: '/metrics' });
    expect(metrics.body).not.toContain('phc_');
  });
});
