import { describe, expect, it } from 'vitest';
import { farewell } from './farewell.js';

describe('the last words', () => {
  const spool = { directory: '/data/spool', events: 3, parked: 0, medium: 'persistent' } as const;

  it.each([
    [{ log: { directory: '/data/log', events: 1 } }, 'stopped, all requests are answered; 1 event is in /data/log, nothing is lost'],
    [{}, 'stopped, all requests are answered, and what was acknowledged is with the brokers'],
    [{ spool: { ...spool, events: 0 } }, 'stopped, all requests are answered, and what was acknowledged is with the brokers'],
    [
      { spool },
      'stopped, all requests are answered; 3 events are in /data/spool; nothing is lost: the next start, or `inlet drain`, delivers them',
    ],
    [
      { spool: { ...spool, parked: 2 } },
      'stopped, all requests are answered; 3 events are in /data/spool, and 2 events are parked there; nothing is lost: the next start, or `inlet drain`, delivers them',
    ],
  ])('%j', (kept, text) => {
    expect(farewell(kept)).toBe(text);
  });

  it('do not promise what a volume does not hold', () => {
    expect(farewell({ spool: { ...spool, medium: 'ephemeral' } })).not.toContain('nothing is lost');
  });
});
