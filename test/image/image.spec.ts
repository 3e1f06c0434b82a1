import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { EphemeralTopic } from '@app/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startContainer, type Container } from './container.ts';
import { podman } from './containers.ts';
import { buildForeignImage } from './foreign.ts';

const image = inject('image');

/** Run inside of the container: what it may, and what lies in it. */
const LOOK = `
const { existsSync, globSync, readFileSync, writeFileSync } = require('node:fs');
const status = Object.fromEntries(readFileSync('/proc/1/status', 'utf8').split('\\n').map((line) => line.split(':\\t')));
const errorOf = (file) => { try { writeFileSync(file, ''); return 'written'; } catch (error) { return error.code; } };
const manifests = globSync('node_modules/**/package.json').map((file) => JSON.parse(readFileSync(file, 'utf8')));
console.log(JSON.stringify({
  command: readFileSync('/proc/1/cmdline', 'utf8').split('\\0').slice(0, -1),
  uid: status.Uid.split('\\t')[0], gid: status.Gid.split('\\t')[0],
  capabilities: status.CapEff, noNewPrivileges: status.NoNewPrivs,
  writes: Object.fromEntries(['/app/x', '/tmp/x', '/etc/x', '/var/lib/inlet/x'].map((file) => [file, errorOf(file)])),
  native: globSync('node_modules/**/*.node'),
  scripted: manifests.filter(({ scripts = {} }) => scripts.preinstall || scripts.install || scripts.postinstall).map(({ name }) => name),
  packages: [...new Set(manifests.map(({ name, version }) => version && name).filter(Boolean))],
  files: globSync('*').sort(),
  node: process.versions.node,
}));`;

interface Sight {
  readonly command: string[];
  readonly packages: string[];
  readonly node: string;
}

describe.skipIf(image === '')('the image', () => {
  let topic: EphemeralTopic;
  let container: Container;
  let sight: Sight;

  beforeAll(async () => {
    topic = await EphemeralTopic.create(inject('kafkaHosts'));
    const env = { KAFKA_HOSTS: inject('kafkaHosts'), KAFKA_TOPIC: topic.name, SHUTDOWN_DRAIN_MS: '0' };
    container = await startContainer(image, env);
    sight = JSON.parse(await container.exec('node', '-e', LOOK)) as Sight;
  });

  afterAll(async () => {
    await container?.remove();
    await topic?.delete();
  });

  it('runs node itself as the first process, as nobody of importance', () => {
    expect(sight).toMatchObject({ uid: '1000', gid: '1000' });
    // It has started itself anew with flags for its memory, in the same process.
    expect([sight.command.at(0), sight.command.at(-1)]).toEqual([
      expect.stringMatching(/node$/),
      expect.stringMatching(/dist\/src\/main\.js$/),
    ]);
  });

  it('runs without capabilities or a way to more, and writes to its data directory alone', () => {
    expect(sight).toMatchObject({ capabilities: '0000000000000000', noNewPrivileges: '1' });
    expect(sight).toMatchObject({
      writes: { '/app/x': 'EROFS', '/tmp/x': 'EROFS', '/etc/x': 'EROFS', '/var/lib/inlet/x': 'written' },
    });
  });

  it('holds what is needed to run and nothing else', async () => {
    const { dependencies, devDependencies } = (await import('../../package.json', { with: { type: 'json' } })).default;
    expect(sight).toMatchObject({ files: ['dist', 'node_modules', 'openapi.yaml', 'package.json'] });
    expect(sight.packages).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    expect(sight.packages.filter((name) => Object.keys(devDependencies).includes(name))).toEqual([]);
  });

  it('holds no native addon and no package with an install script', () => {
    expect(sight).toMatchObject({ native: [], scripted: [] });
  });

  it('runs the Node that developers run', () => {
    expect(sight.node.split('.')[0]).toBe(process.versions.node.split('.')[0]);
  });

  it('says in labels what it is', async () => {
    const [{ Config }] = JSON.parse(await podman('image', 'inspect', image)) as [
      { Config: { Labels: Record<string, string>; User: string } },
    ];
    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'Inlet',
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.version': '0.0.0-test',
      'org.opencontainers.image.revision': expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(Config.User).toBe('1000:1000');
  });

  it.each(['/livez', '/readyz', '/_liveness', '/_readiness'])('answers %s', async (path) => {
    expect((await fetch(container.url + path)).status).toBe(200);
  });

  it('passes its own health check', async () => {
    expect(await container.healthCheck()).toBe(true);
  });

  it('takes an event and has it in Kafka before it says so, without the native twins of the Kafka client', async () => {
    const body = JSON.stringify({ api_key: 'phc_image', event: 'image test', distinct_id: 'someone' });
    const reply = await fetch(`${container.url}/e/`, { method: 'POST', body });
    expect([reply.status, reply.headers.get('inlet-ack')]).toEqual([200, 'kafka']);
    expect((await topic.readUntil(1)).length).toBe(1);
  });

  it('examines its surroundings with the doctor that is in it', async () => {
    expect(await container.exec('inlet', 'doctor', '--skip', 'kafka')).toContain('disk');
    // As charts of the release before call it.
    expect(await container.exec('node', 'dist/src/doctor/main.js', '--skip', 'kafka')).toContain('disk');
  });

  it('is built for another processor without running anything of it', async () => {
    const { name, architecture } = await buildForeignImage();
    const [built] = JSON.parse(await podman('image', 'inspect', name)) as [{ Architecture: string }];
    expect(built.Architecture).toBe(architecture);
    const root = (await podman('image', 'mount', name)).trim();
    expect(['app/dist/src/main.js', 'app/node_modules/fastify', 'var/lib/inlet'].filter((file) => !existsSync(join(root, file)))).toEqual(
      [],
    );
    await podman('image', 'unmount', name);
  }, 300_000);

  it('answers the request under way after SIGTERM, and ends with 0', async () => {
    const before = (await topic.read()).length;
    const finish = await startRequest(container.port);
    await container.signal('SIGTERM');
    await untilNotReady(container.url);
    expect(await finish()).toContain('HTTP/1.1 200');
    expect(await container.exitCode()).toBe(0);
    expect((await topic.readUntil(before + 1)).length).toBe(before + 1);
  });
});

/** Sends half a request. @returns sends the rest, and resolves with the answer */
async function startRequest(port: number): Promise<() => Promise<string>> {
  const body = JSON.stringify({ api_key: 'phc_image', event: 'under way', distinct_id: 'someone' });
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  await new Promise((sent) => {
    socket.write(`POST /e/ HTTP/1.1\r\nhost: test\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`, sent);
  });
  return async () => {
    socket.write(body.slice(10));
    let answer = '';
    for await (const chunk of socket) {
      answer += chunk as string;
      if (answer.includes('}')) break;
    }
    return answer;
  };
}

/** Until it has heard that it is to stop: it says so, or listens no more. */
async function untilNotReady(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const status = await fetch(`${url}/_readiness`).then(
      (reply) => reply.status,
      () => 0,
    );
    if (status !== 200) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error('it did not notice SIGTERM');
}
