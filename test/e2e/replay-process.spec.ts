import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { encodeMessage } from '@app/event';
import { ManualClock, MemorySink } from '@app/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway } from '../../src/create-gateway.js';
import { RECEIVED_AT } from '../../src/replay-process/receive-time.js';
import { NOW } from './gateway.js';

const RECEIVED = NOW - 60_000;

describe('the gateway of the process of recordings', () => {
  let app: NestFastifyApplication;
  afterEach(() => app.close());

  /** When a request is said to have come, in the message that its recording becomes. */
  async function timeOf(isReplayProcess: boolean): Promise<string | undefined> {
    const sink = new MemorySink();
    app = await createGateway({ LOG_LEVEL: 'silent', CAPTURE_MODE: 'replay' }, { sink, clock: new ManualClock(NOW), isReplayProcess });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const properties = { token: 'phc_x', distinct_id: 'd', $session_id: 's', $snapshot_data: [{ type: 3 }] };
    const reply = await app.inject({
      method: 'POST',
      url: '/s',
      headers: { [RECEIVED_AT]: String(RECEIVED) },
      payload: JSON.stringify({ event: '$snapshot', properties }),
    });
    expect(reply.statusCode).toBe(200);
    return encodeMessage(sink.captured[0], sink.contexts[0]).headers.now;
  }

  it('goes by when the serving process received a request', async () => {
    expect(await timeOf(true)).toBe(new Date(RECEIVED).toISOString());
  });

  it('is the only one that can be told so', async () => {
    expect(await timeOf(false)).toBe(new Date(NOW).toISOString());
  });
});
