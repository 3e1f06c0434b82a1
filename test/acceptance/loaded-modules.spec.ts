import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startGateway, type Gateway } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const NOTES = pathToFileURL(join(import.meta.dirname, 'fixtures/note-modules.mjs')).href;
/** Seldom needed. */
const OPTIONAL = ['kafkajs', 'undici'];
/** Nobody answers there, which the boot does not wait for. */
const NO_BROKER = { OUTPUT: 'kafka', KAFKA_HOSTS: '127.0.0.1:1' };

describe('a gateway loads', () => {
  let folder: string;
  let gateway: Gateway | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'inlet-modules-'));
  });
  afterEach(async () => {
    await gateway?.stop('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const packagesOf = async (env: Record<string, string>) => {
    const file = join(folder, 'modules');
    gateway = await startGateway({ env: { ...env, DATA_DIR: folder, MODULES_FILE: file, NODE_OPTIONS: `--import=${NOTES}` } });
    return new Set(readFileSync(file, 'utf8').match(/^(?:@[^/]+\/)?[^/\n]+/gm));
  };

  it('neither the other Kafka engine nor a client for an upstream by default', async () => {
    const packages = await packagesOf(NO_BROKER);
    expect(['@nestjs/microservices', '@platformatic/kafka', 'fastify'].filter((name) => !packages.has(name))).toEqual([]);
    expect(OPTIONAL.filter((name) => packages.has(name))).toEqual([]);
  });

  it('them where they are asked for', async () => {
    const packages = await packagesOf({ ...NO_BROKER, KAFKA_PRODUCER: 'kafkajs', UPSTREAM_URL: 'http://127.0.0.1:1' });
    expect(OPTIONAL.filter((name) => packages.has(name))).toEqual(OPTIONAL);
  });
});
