import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanPayload } from '@app/decoder';
import { aContext, anEvent } from '@app/testing';
import { adjustedEvent } from './adjusted.js';

const LIMITS = { maxDepth: 10, maxEvents: 10 };
const context = aContext();

function adjust(timestamp: string, rest = '', time = context.now) {
  const payload = scanPayload(Buffer.from(`[{"event":"e","distinct_id":"d","timestamp":${timestamp}${rest}}]`), LIMITS);
  return adjustedEvent(payload.events[0], anEvent({ timestamp: time }), context);
}

describe('adjustedEvent', () => {
  it('names an event whose time cannot be read, and what was sent', () => {
    expect(adjust('"24/11/2024"', ',"uuid":"01890A5D-ac96-774b-bcce-b302099a8057"')).toEqual({
      index: 0,
      uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
      cause: 'timestamp_unreadable',
      detail: expect.stringContaining('its timestamp "24/11/2024" cannot be read, so it has the time of its arrival') as string,
    });
  });

  it('says nothing of a time that was read, of none, and where an offset decided', () => {
    expect(adjust('"2026-01-15T12:00:00Z"')).toBeUndefined();
    expect(adjust('null')).toBeUndefined();
    expect(adjust('"soon"', ',"offset":0')).toBeUndefined();
    expect(adjust('"soon"', '', 5)).toBeUndefined();
  });

  it('shows no more than 64 characters of anything, and reads no text of more than 128', () => {
    expect(adjust(`"${'x'.repeat(128)}"`)!.detail).toContain(`"${'x'.repeat(64)}"`);
    expect(adjust(`"${'x'.repeat(100_000)}"`)!.detail).toContain('its timestamp of more than 128 characters cannot be read');
    expect(adjust(`"${'x'.repeat(63)}😀"`)!.detail).toContain('\uFFFD');
  });

  it('takes whatever a JSON string can be', () => {
    const unit = fc.constantFrom('a', String.raw`\u0041`, String.raw`\n`, String.raw`\ud83d\ude00`, String.raw`\ud800`, '😀', 'é');
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 90 }), (units) => {
        const text = adjust(`"${units.join('')}x"`)!.detail;
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });
});
