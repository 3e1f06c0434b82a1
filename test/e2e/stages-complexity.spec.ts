import { growthOf } from '@app/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { STAGES, stageRequest } from '../hostile/stages.js';
import { openGateway, type Gateway } from './gateway.js';

/** The largest input, bytes. With STAGES_MB=60 it is what the routes take, which needs some minutes. */
const MOST = Number(process.env.STAGES_MB ?? 2) * 1_000_000;
/** Twice the input is twice the work, and what collections and caches add. */
const MOST_PER_DOUBLING = 2.6;

describe(`each stage of decoding takes twice as long for twice as much, up to ${MOST} bytes`, () => {
  const gateways = new Map<string, Gateway>();
  afterAll(async () => {
    for (const gateway of gateways.values()) await gateway.close();
  });
  const gatewayFor = async (env: Readonly<Record<string, string>> = {}) => {
    const key = JSON.stringify(env);
    if (!gateways.has(key)) gateways.set(key, await openGateway(env));
    return gateways.get(key)!;
  };

  it.each(STAGES)('$name', { timeout: 300_000 }, async (stage) => {
    const gateway = await gatewayFor(stage.env);
    const growth = await growthOf(
      (bytes) => stageRequest(stage, bytes),
      async (request) => {
        const { status, body } = await gateway.send(request);
        if (status >= 500 && status !== 503) throw new Error(`${status} ${body}`);
        gateway.taken();
      },
      { most: MOST },
    );
    const told = growth.sizes.map(({ bytes, cpuMs }) => `${bytes} bytes ${cpuMs.toFixed(1)} ms`).join(', ');
    expect(growth.perDoubling, told).toBeLessThan(MOST_PER_DOUBLING);
  });
});
