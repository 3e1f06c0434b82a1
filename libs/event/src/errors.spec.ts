import { describe, expect, it } from 'vitest';
import { anEvent } from '@app/testing';
import { parseData } from './captured-event.js';
import { SystemClock } from './clock.js';
import { CaptureError, REJECTIONS } from './errors.js';

describe('CaptureError', () => {
  it('says the text that clients know, then the detail', () => {
    expect(new CaptureError('undecodable', 'invalid GZIP data').message).toBe('failed to decode request: invalid GZIP data');
    expect(new CaptureError('undecodable').message).toBe('failed to decode request');
    expect(new CaptureError('transient', '').message).toBe('transient error, please retry');
  });

  it('says what to do where its detail does not', () => {
    expect(new CaptureError('forbidden_origin', 'why').message).toBe(
      'origin not allowed: why. Add it to the allowed origins of the project',
    );
    expect(new CaptureError('mixed_tokens').message).toBe(
      'batch submitted with inconsistent api_key values: Send one request for each project',
    );
    expect(new CaptureError('invalid_token', 'why', 'personal_api_key').message).toMatch(
      /^API key is not valid: why\. Use the project key/,
    );
  });

  it('has texts none of which begins with another, but for those that are the same', () => {
    const texts = [...new Set<string>(Object.values(REJECTIONS))];
    for (const text of texts) expect(texts.filter((other) => other.startsWith(text))).toEqual([text]);
  });
});

describe('parseData', () => {
  it('reads an event’s JSON as UTF-8', () => {
    expect(parseData(anEvent({ data: Buffer.from('{"a":"é😀"}').toString('latin1') }))).toEqual({ a: 'é😀' });
  });
});

describe('SystemClock', () => {
  it('keeps durations apart from the time of day', () => {
    const clock = new SystemClock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(60_000);
    expect(clock.monotonic()).toBeLessThan(Date.UTC(2000, 0));
  });
});
