import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { MemorySink } from '@app/testing';
import fc from 'fast-check';
import type { RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createGateway } from '../../src/create-gateway.js';
import { openGateway, type Gateway } from './gateway.js';
import { requestFor } from './from-schema.js';
import { operationsOf } from './openapi-document.js';

const text = readFileSync(join(import.meta.dirname, '../../openapi.yaml'), 'utf8');
const document = parse(text) as Record<string, unknown>;
const operations = operationsOf(document);
const RUNS = 60;
/** Given by FUZZ_SEED to repeat a failing run. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);

describe('openapi.yaml', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect({ valid, errors, version: validator.version }).toEqual({ valid: true, errors: undefined, version: '3.1' });
  });

  it('has an id or a tag, a summary and an answer for everything it describes', () => {
    const paths = Object.values(document.paths as Record<string, Record<string, Record<string, unknown>>>);
    const described = paths.flatMap((item) => Object.entries(item).filter(([key]) => /^(?:get|post|options)$/.test(key)));
    for (const [, operation] of described) expect(operation).toMatchObject({ tags: [expect.any(String)], summary: expect.any(String) });
    const ids = described.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes every route there is, and no other', async () => {
    const found = new Set<string>();
    const app = await createGateway({ LOG_LEVEL: 'silent' }, { sink: new MemorySink() });
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRoute', ({ method, url }: RouteOptions) => {
      for (const one of [method].flat()) if (one !== 'HEAD') found.add(`${one} ${url}`);
    });
    await app.init();
    await app.close();
    const described = operations.map(({ method, path }) => `${method} ${path.replace('{path}', '*').replaceAll(/\{(\w+)\}/g, ':$1')}`);
    expect([...found].toSorted()).toEqual(described.toSorted());
  });
});

/** Shapes that must not be refused every time, or the run shows nothing. */
const TAKES_EVENTS = operations.filter(({ responses, method }) => method !== 'OPTIONS' && '503' in responses && '413' in responses);

describe('the gateway, held against its description', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  it('serves it, byte for byte', async () => {
    const yaml = await gateway.send({ method: 'GET', url: '/openapi.yaml', headers: {}, body: undefined });
    const json = await gateway.send({ method: 'GET', url: '/openapi.json', headers: {}, body: undefined });
    expect([yaml.body, yaml.headers['content-type']]).toEqual([text, 'application/yaml; charset=utf-8']);
    expect([JSON.parse(json.body), json.headers['content-type']]).toEqual([document, 'application/json; charset=utf-8']);
  });

  it.each(operations.map((operation) => [operation.method, operation.path, operation] as const))(
    '%s %s answers with nothing but what it says, and never fails',
    async (_method, _path, operation) => {
      let taken = 0;
      await fc.assert(
        fc.asyncProperty(requestFor(operation), async (request) => {
          const answer = await gateway.send(request);
          taken += gateway.taken().length;
          const described = operation.responses[String(answer.status)];
          expect({ status: answer.status, isDescribed: described !== undefined && answer.status < 500 }).toMatchObject({
            isDescribed: true,
          });
          if (answer.body !== '') expect(Object.keys(described.content ?? {})).toContain(answer.headers['content-type'].split(';', 1)[0]);
        }),
        { numRuns: RUNS, seed },
      );
      if (TAKES_EVENTS.includes(operation)) expect(taken).toBeGreaterThan(0);
    },
  );
});
