import { resourceOf, type CaptureContext, type CapturedEvent } from '@app/event';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);

/**
 * A valid event; name what the test is about and leave the rest. `data` follows the token, name and ids given, as
 * an SDK would have sent them.
 */
export function anEvent(overrides: Partial<CapturedEvent> = {}): CapturedEvent {
  const { uuid = '01890a5d-ac96-774b-bcce-b302099a8057', name = 'test event', distinctId = 'user-1', token = 'phc_test' } = overrides;
  const json = JSON.stringify({ event: name, distinct_id: distinctId, uuid, token, properties: { answer: 42 } });
  return {
    index: 0,
    inputs: 1,
    token,
    uuid,
    name,
    resource: resourceOf(name, false),
    distinctId,
    ip: '203.0.113.9',
    ipHash: undefined,
    timestamp: NOW,
    data: Buffer.from(json).toString('latin1'),
    sessionId: undefined,
    isCookieless: false,
    isHistorical: false,
    disablePersonProcessing: false,
    skipHeatmapProcessing: false,
    route: 'main',
    topic: undefined,
    dlqReason: undefined,
    partitionKey: `${token}:${distinctId}`,
    ...overrides,
  };
}

/** What is known of a plain request to `/batch`; `nowText` and `sentAtText` follow `now` and `sentAt`. */
export function aContext(overrides: Partial<CaptureContext> = {}): CaptureContext {
  const { now = NOW, sentAt } = overrides;
  return {
    now,
    nowText: new Date(now).toISOString(),
    path: '/batch',
    ip: '203.0.113.9',
    userAgent: 'inlet-tests/1.0',
    sentAt,
    sentAtText: sentAt === undefined ? undefined : new Date(sentAt).toISOString(),
    doNotTrack: false,
    isHistorical: false,
    ...overrides,
  };
}
