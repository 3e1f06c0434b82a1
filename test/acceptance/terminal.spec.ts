import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('a terminal', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'inlet-terminal-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  /** @returns all that it prints, while a client sends `count` events and until it is told to stop */
  async function session(env: Record<string, string>, count: number): Promise<string> {
    const gateway = await startGateway({ env: { DATA_DIR: dataDir, LOG_FORMAT: 'text', ...env } });
    for (let i = 0; i < count; i++) {
      const body = JSON.stringify({ api_key: 'phc_terminal', event: 'hello', distinct_id: 'me' });
      expect((await fetch(`${gateway.url}/i/v0/e/`, { method: 'POST', body })).status).toBe(200);
    }
    expect(await gateway.stop('SIGINT')).toBe(0);
    return gateway.logs();
  }

  it('shows where events are, what shows them, and that they are safe in the end', async () => {
    const text = await session({}, 2);
    expect(text).toContain(`events:  ${dataDir}/log on this disk`);
    expect(text).toContain(`tail --follow --dir ${dataDir}`);
    expect(text).toContain('kept:    until you delete them; events are refused when it holds');
    expect(text).toMatch(/^\d\d:\d\d:\d\d info {2}Gateway: stopped, .+; 2 events are in .+\/log, nothing is lost$/m);
  });

  it('names brokers that do not answer, and where events are meanwhile and in the end', async () => {
    const text = await session({ KAFKA_HOSTS: '127.0.0.1:1', KAFKA_DELIVERY_DEADLINE_MS: '1000' }, 1);
    expect(text).toContain('events:  Kafka at 127.0.0.1:1, topic events_plugin_ingestion');
    expect(text).toContain(`no broker of KAFKA_HOSTS=127.0.0.1:1 answers (ECONNREFUSED); events wait in ${dataDir}/spool until one does`);
    expect(text).toContain(`1 event is in ${dataDir}/spool; nothing is lost: the next start, or \`inlet drain\`, delivers them`);
  });

  it('is JSON lines where nobody looks on', async () => {
    const text = await session({ LOG_FORMAT: 'auto' }, 1);
    expect(text).toMatch(/^\{"level":30,.+"msg":"stopped, .+"\}$/m);
  });
});
