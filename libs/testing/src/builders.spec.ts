import { describe, expect, it } from 'vitest';
import { encodeMessage, parseData } from '@app/event';
import { aContext, anEvent } from './builders.js';

describe('the builders', () => {
  it('make data that agrees with the fields given', () => {
    const event = anEvent({ name: 'größer 🎉', distinctId: 'u-7' });
    expect(parseData(event)).toMatchObject({ event: 'größer 🎉', distinct_id: 'u-7', uuid: event.uuid });
    expect(event.partitionKey).toBe('phc_test:u-7');
  });

  it('keep what a test names', () => {
    expect(anEvent({ partitionKey: null, route: 'overflow' })).toMatchObject({ partitionKey: null, route: 'overflow' });
  });

  it('make texts of the times given', () => {
    const context = aContext({ now: 0, sentAt: 1000 });
    expect([context.nowText, context.sentAtText]).toEqual(['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:01.000Z']);
    expect(aContext().sentAtText).toBeUndefined();
  });

  it('fit the envelope', () => {
    const { value } = encodeMessage(anEvent({ name: 'ü' }), aContext());
    expect(JSON.parse(JSON.parse(value.toString()).data)).toMatchObject({ event: 'ü' });
  });
});
