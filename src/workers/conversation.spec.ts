import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Conversation, type Channel } from './conversation.js';

type Sent = (error: Error | null) => void;

/** Two ends; what one sends the other hears. */
function line(): [Channel, Channel] {
  const [a, b] = [new EventEmitter(), new EventEmitter()];
  const to = (other: EventEmitter) => (message: unknown, _handle: undefined, _options: undefined, sent: Sent) => {
    queueMicrotask(() => other.emit('message', structuredClone(message)));
    sent(null);
    return true;
  };
  return [Object.assign(a, { send: to(b) }), Object.assign(b, { send: to(a) })];
}

afterEach(() => vi.useRealTimers());

describe('Conversation', () => {
  it('asks and answers, both ways at once', async () => {
    const [a, b] = line();
    const primary = new Conversation(a, (question) => ({ heard: question.about }));
    const worker = new Conversation(b, async (question) => `${question.about} of the worker`);
    expect(await Promise.all([primary.ask({ about: 'metrics' }), worker.ask({ about: 'all-metrics' })])).toEqual([
      'metrics of the worker',
      { heard: 'all-metrics' },
    ]);
  });

  it('fails with the other end’s failure', async () => {
    const [a, b] = line();
    const primary = new Conversation(a, () => undefined);
    const worker = new Conversation(b, () => {
      throw new Error('not today');
    });
    await expect(primary.ask({ about: 'metrics' })).rejects.toThrow('not today');
    await expect(worker.ask({ about: 'all-metrics' })).resolves.toBeUndefined();
  });

  it('fails when the other end is gone, or silent for two seconds', async () => {
    vi.useFakeTimers();
    const gone = { on: () => {}, send: (_m: unknown, _h: undefined, _o: undefined, sent: Sent) => (sent(new Error('closed')), false) };
    await expect(new Conversation(gone, () => 0).ask({ about: 'metrics' })).rejects.toThrow('closed');
    const silent = new Conversation({ on: () => {}, send: () => true }, () => 0).ask({ about: 'metrics' });
    const outcome = expect(silent).rejects.toThrow('no answer about metrics');
    await vi.advanceTimersByTimeAsync(2000);
    await outcome;
  });
});
