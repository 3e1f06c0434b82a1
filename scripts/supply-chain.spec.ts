import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../src/config/load-config.js';
import { isAllowed, productionPackages } from './packages.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json'));
const packages = productionPackages(ROOT);
// Without its comments.
const dockerfile = read('Dockerfile').replace(/^#.*\n/gm, '');

describe('what the image holds', () => {
  it('has licences that are on the list', () => {
    expect(packages.length).toBeGreaterThan(50);
    expect(packages.filter(({ licence }) => !isAllowed(licence))).toEqual([]);
  });

  it('runs no install script', () => {
    expect(packages.filter(({ hasInstallScript }) => hasInstallScript)).toEqual([]);
  });

  it('has no native addon: only optional packages do, and the image leaves those out', () => {
    const native = packages.filter(({ name }) => globSync('**/*.node', { cwd: join(ROOT, 'node_modules', name) }).length > 0);
    expect(native.filter(({ isOptional }) => !isOptional)).toEqual([]);
    expect(dockerfile).toMatch(/npm prune .*--omit=dev --omit=optional/);
  });

  it('has exact versions', () => {
    const versions = Object.values<string>({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('runs on the same Node everywhere', () => {
    const major = manifest.devDependencies.node.split('.')[0];
    expect(manifest.engines.node).toBe(`>=${major}`);
    expect(/^ARG NODE_IMAGE=node:(\d+)-slim$/m.exec(dockerfile)?.[1]).toBe(major);
    expect(process.versions.node.split('.')[0]).toBe(major);
  });
});

describe('the Dockerfile', () => {
  const [, build, final] = dockerfile.split(/^FROM /m);

  it('has all from one base image, which can be given with its digest', () => {
    expect([build, final].map((stage) => stage.split('\n')[0])).toEqual([
      '--platform=$BUILDPLATFORM ${NODE_IMAGE} AS build',
      '${NODE_IMAGE}',
    ]);
  });

  it('is the same for every processor: nothing is run in its last stage, and nothing asks which it is', () => {
    expect(final).not.toMatch(/^RUN /m);
    expect(dockerfile).not.toMatch(/TARGETARCH|TARGETPLATFORM|x64|amd64|arm64/);
  });

  it('installs what the lockfile says, and runs no install script', () => {
    expect(build).toMatch(/^RUN npm ci --ignore-scripts /m);
  });

  it('keeps to what every builder understands', () => {
    expect(dockerfile).not.toMatch(/<<|--link|--checksum|RUN --network/);
  });
});

describe('isAllowed', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND GPL-3.0', false],
    ['AGPL-3.0', false],
    ['unknown', false],
  ])('%s: %s', (licence, allowed) => {
    expect(isAllowed(licence)).toBe(allowed);
  });
});

describe('docker-compose.yml', () => {
  const { services, volumes } = parse(read('docker-compose.yml'));

  it('has the gateway and everything around it', () => {
    expect(Object.keys(services).sort()).toEqual(['gateway', 'grafana', 'kafka', 'prometheus', 'redis']);
  });

  it('gives the gateway settings that it starts with', () => {
    expect(() => loadConfig(services.gateway.environment)).not.toThrow();
  });

  it('mounts files that are there, and volumes that are declared', () => {
    for (const { volumes: mounts = [] } of Object.values<{ volumes?: string[] }>(services)) {
      for (const mount of mounts) {
        const [source] = mount.split(':');
        if (source.startsWith('.')) expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
        else expect(Object.keys(volumes)).toContain(source);
      }
    }
  });

  it('offers nothing beyond this machine', () => {
    for (const { ports = [] } of Object.values<{ ports?: string[] }>(services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
