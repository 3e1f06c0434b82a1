import { readRecordsBatch, Reader } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { encodeMessage, type CaptureContext, type CapturedEvent } from '@app/event';
import { aContext, anEvent } from '@app/testing';
import { EventRecord } from './event-record.js';
import { encodeRecordBatch } from './record-batch.js';
import { contentSize } from './record.js';

const identity = { timestamp: 1_750_000_000_000, producerId: -1n, producerEpoch: -1, baseSequence: -1 };

async function readBack(event: CapturedEvent, context: CaptureContext) {
  const message = new EventRecord('t', event, context);
  const bytes = await encodeRecordBatch([{ message, size: contentSize(message) }], identity, 'none');
  const [{ key, value, headers }] = readRecordsBatch(Reader.from(bytes)).records;
  // An empty key is what this reader makes of null.
  return {
    key: key?.toString() ?? null,
    value: value?.toString(),
    headers: Object.fromEntries(headers.map(([name, text]) => [String(name), String(text)])),
  };
}

const EVENTS: Record<string, CapturedEvent> = {
  'a plain one': anEvent(),
  'ids and names beyond ASCII': anEvent({ distinctId: 'naïve 😀 日本', name: 'é', partitionKey: 'phc_x:naïve 😀 日本' }),
  'data beyond ASCII': anEvent({ data: Buffer.from('{"event":"e","properties":{"a":"“quoted” 😀\\n"}}').toString('latin1') }),
  'data of every width of length': anEvent({ data: `{"a":"${'x'.repeat(70_000)}"}` }),
  'a long header': anEvent({ distinctId: 'x'.repeat(200), sessionId: 'y'.repeat(64), disablePersonProcessing: true }),
};

describe('EventRecord', () => {
  it.each(Object.entries(EVENTS))('writes %s as a field by field writer does', async (_, event) => {
    const { key, value, headers } = encodeMessage(event, aContext());
    expect(await readBack(event, aContext())).toEqual({ key, value: value.toString(), headers });
  });

  it('writes a null key', async () => {
    const message = new EventRecord('t', anEvent({ partitionKey: null }), aContext());
    expect(message.content[0]).toBe(1);
  });

  it('gives key, value and headers to who asks for them', () => {
    const message = new EventRecord('t', anEvent(), aContext());
    const { key, value, headers } = encodeMessage(anEvent(), aContext());
    expect([message.key, message.value, message.headers]).toEqual([key, value, headers]);
  });
});
