import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../dist/src/main.js');
/** Root may do everything: what an ordinary user may not is tried as one. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const KAFKA = { KAFKA_HOSTS: '127.0.0.1:1' };
/** An address of documentation (RFC 5737): nobody's. */
const ELSEWHERE = '203.0.113.9';

interface Case {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** All that it says on standard error. */
  readonly says: string;
  readonly asNobody?: boolean;
}

const root = mkdtempSync(join(tmpdir(), 'inlet-boot-'));
const at = (name: string) => join(root, name);

const CASES: readonly Case[] = [
  {
    name: 'its port is taken',
    env: { PORT: 'BUSY' },
    says: 'PORT=BUSY: another process listens on 127.0.0.1 port BUSY; stop it, or set PORT to a free port',
  },
  {
    name: 'its port is taken, with workers',
    env: { ...KAFKA, PORT: 'BUSY', WORKERS: '2' },
    says: 'PORT=BUSY: another process listens on 127.0.0.1 port BUSY; stop it, or set PORT to a free port',
  },
  {
    name: 'the port of the admin listener is taken',
    env: { ADMIN_PORT: 'BUSY' },
    says: 'ADMIN_PORT=BUSY: another process listens on 127.0.0.1 port BUSY; stop it, or set ADMIN_PORT to a free port',
  },
  {
    name: 'the port of metrics is taken',
    env: { METRICS_PORT: 'BUSY' },
    says: 'METRICS_PORT=BUSY: another process listens on 127.0.0.1 port BUSY; stop it, or set METRICS_PORT to a free port',
  },
  {
    name: 'its address is another machine’s',
    env: { HOST: ELSEWHERE },
    says: `HOST=${ELSEWHERE}: this machine does not have that address; set HOST to one of its own, or to 0.0.0.0 for all of them`,
  },
  {
    name: 'its host is a name without an address',
    env: { HOST: 'no-such-host.invalid' },
    says: 'HOST=no-such-host.invalid: this name has no address; set HOST to an address of this machine, or to 0.0.0.0 for all of them',
  },
  {
    name: 'the address of the admin listener is another machine’s',
    env: { ADMIN_PORT: '0', ADMIN_HOST: ELSEWHERE, ADMIN_TOKEN: '0123456789abcdef' },
    says: `ADMIN_HOST=${ELSEWHERE}: this machine does not have that address; set ADMIN_HOST to one of its own, or to 0.0.0.0 for all of them`,
  },
  ...privilegedPort(),
  {
    name: 'its directory is a file',
    env: { DATA_DIR: at('file') },
    says: `DATA_DIR=${at('file')}: it is, or lies below, a file; name a directory (ENOTDIR)`,
  },
  {
    name: 'it may not write to its directory',
    env: { DATA_DIR: at('readonly') },
    asNobody: true,
    says: `DATA_DIR=${at('readonly')}: this process may not write there; give its user the directory, or name another one (EACCES)`,
  },
  {
    name: 'its directory cannot be made',
    env: { DATA_DIR: '/proc/inlet' },
    says: 'DATA_DIR=/proc/inlet: it cannot be created there; name another directory (ENOENT)',
  },
  {
    name: 'its directory is another gateway’s',
    env: { DATA_DIR: at('taken') },
    says: `DATA_DIR=${at('taken')}: ${at('taken')}/log is in use by another process: each gateway needs a directory of its own; stop the other one, or set DATA_DIR`,
  },
  {
    name: 'projects come from a Redis that nobody names',
    env: { PROJECT_SOURCE: 'redis' },
    says: 'PROJECT_SOURCE=redis needs REDIS_URL, which is not set: set it to redis://host:port, or unset PROJECT_SOURCE',
  },
  {
    name: 'projects come from a file that nobody names',
    env: { PROJECT_SOURCE: 'file' },
    says: `the configuration is not valid:
  PROJECTS_FILE=(not set): PROJECT_SOURCE=file needs the path of a file
  (\`inlet config\` lists every variable)`,
  },
  ...['platformatic', 'kafkajs'].map((producer) => ({
    name: `brokers want a login that is not given (${producer})`,
    env: { ...KAFKA, KAFKA_PRODUCER: producer, KAFKA_SASL_MECHANISM: 'plain' },
    says: 'KAFKA_SASL_MECHANISM is set, so KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set too',
  })),
  {
    name: 'the authorities’ certificates are not there',
    env: { ...KAFKA, KAFKA_TLS: 'true', KAFKA_TLS_CA: at('nowhere.pem') },
    says: `KAFKA_TLS_CA=${at('nowhere.pem')}: this file of certificates cannot be read (ENOENT); name a PEM file that can`,
  },
  {
    name: 'the authorities’ certificates are something else',
    env: { ...KAFKA, KAFKA_TLS: 'true', KAFKA_TLS_CA: at('file') },
    says: `KAFKA_TLS_CA=${at('file')}: there is no certificate in this file; name a PEM file that has the authority's`,
  },
];

/** Where the kernel keeps low ports for root; in many containers it does not. */
function privilegedPort(): Case[] {
  const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  if (first <= 80) return [];
  const says = 'PORT=80: this process may not listen on a port below 1024; set PORT to 1024 or above';
  return [{ name: 'its port is for root alone', env: { PORT: '80', DATA_DIR: at('anybody') }, asNobody: true, says }];
}

describe('a boot that cannot succeed says why in one sentence, and ends with 2, when', () => {
  let busy: Server;
  let neighbour: Awaited<ReturnType<typeof startGateway>>;

  beforeAll(async () => {
    chmodSync(root, 0o755);
    writeFileSync(at('file'), 'no directory, and no certificate');
    mkdirSync(at('readonly'));
    chmodSync(at('readonly'), 0o555);
    mkdirSync(at('anybody'));
    chmodSync(at('anybody'), 0o777);
    busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    neighbour = await startGateway({ env: { DATA_DIR: at('taken') } });
  });
  afterAll(async () => {
    busy?.close();
    await neighbour?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it.each(CASES)('$name', async ({ name, env, says, asNobody = false }) => {
    const port = String((busy.address() as AddressInfo).port);
    const given = Object.entries(env).map(([variable, value]) => [variable, value.replace('BUSY', port)]);
    const whole = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', DATA_DIR: at(`of ${name}`), ...Object.fromEntries(given) };
    const { code, out, errors } = await boot(whole, asNobody ? NOBODY : {});
    expect({ code, says: errors }).toEqual({ code: 2, says: `${says.replaceAll('BUSY', port)}\n` });
    // Nor is it told a second time, or with a stack.
    expect(out).not.toMatch(/"level":50|\bat .+:\d+:\d+/);
  });
});

async function boot(env: NodeJS.ProcessEnv, user: { uid?: number; gid?: number }) {
  const child = spawn(process.execPath, [MAIN], { env, cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'], timeout: 50_000, ...user });
  const said = { out: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}
