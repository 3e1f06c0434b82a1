import { describe, expect, it } from 'vitest';
import { encodeMessage } from '@app/event';
import { aContext } from '@app/testing';
import { roomForItems, snapshotMessage, type Recording } from './snapshot-message.js';

const LIMIT = 20_000;
const metadata = { sessionId: '0193aaaa-bbbb-7ccc-8ddd-eeeeffff0001', windowId: 'w1', source: 'web', lib: 'web', host: undefined } as const;
const identity = {
  uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
  distinctId: 'user-1',
  ip: '203.0.113.9',
  timestamp: Date.UTC(2026, 0, 15),
  isCookieless: false,
};

/** What Kafka holds against a topic's limit: a batch of this one record; each length is taken for five bytes, the most it can have. */
function batchBytes({ key, value, headers }: ReturnType<typeof encodeMessage>): number {
  const sized = (text: string | Buffer) => 5 + Buffer.byteLength(text);
  const head = Object.entries(headers).reduce((sum, [name, text]) => sum + sized(name) + sized(text), 0);
  return 61 + 1 + 5 + 10 + 5 + sized(key ?? '') + sized(value) + 5 + head;
}

describe('roomForItems', () => {
  it.each([
    ['plain', metadata, identity],
    ['with much to say', { ...metadata, windowId: '"\\'.repeat(100), host: 'é'.repeat(200), lib: '😀'.repeat(100) }, identity],
    ['with the longest id', metadata, { ...identity, distinctId: '\u0001'.repeat(200) }],
  ] as const)('leaves as much as a message can take, whatever is added to it later: %s', (_what, own, who) => {
    const recording = { token: 'phc_test', identity: who, metadata: own } as unknown as Recording;
    const context = aContext();
    const room = roomForItems(recording, LIMIT, context);
    expect(room).toBeGreaterThan(LIMIT / 2);
    const part = { items: '1'.repeat(room), index: 0, inputs: 1 };
    const message = snapshotMessage(recording, part, { index: 999_999, count: 1_000_000 }, context);
    const hashed = { ...message, ipHash: 'f'.repeat(64) };
    const redirected = { ...hashed, route: 'dlq', dlqReason: 'x'.repeat(200) } as const;
    for (const one of [message, hashed, redirected]) {
      const encoded = encodeMessage(one, context);
      // As the spool writes it for the dead-letter topic.
      const dead = { ...encoded, headers: { ...encoded.headers, dlq_topic: 't'.repeat(249) } };
      expect(batchBytes(dead)).toBeLessThanOrEqual(LIMIT);
    }
  });
});
