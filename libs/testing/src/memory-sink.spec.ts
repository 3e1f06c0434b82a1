import { describe, expect, it } from 'vitest';
import { CaptureError } from '@app/event';
import { aContext, anEvent } from './builders.js';
import { ManualClock } from './manual-clock.js';
import { MemorySink } from './memory-sink.js';

describe('MemorySink', () => {
  it('keeps what it is given', async () => {
    const sink = new MemorySink();
    const delivery = await sink.deliver([anEvent({ name: 'a' }), anEvent({ name: 'b' })], aContext());
    expect(sink.captured.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(delivery).toEqual({ ack: 'log', spooled: 0, dropped: [] });
  });

  it('fails when told to, and keeps nothing then', async () => {
    const sink = new MemorySink();
    sink.failure = new CaptureError('transient');
    await expect(sink.deliver([anEvent()], aContext())).rejects.toThrow('transient error');
    expect(sink.captured).toEqual([]);
  });
});

describe('ManualClock', () => {
  it('keeps durations apart from the wall clock', () => {
    const clock = new ManualClock(1000);
    clock.advance(50);
    clock.setWall(0);
    expect([clock.now(), clock.monotonic()]).toEqual([0, 50]);
  });
});
