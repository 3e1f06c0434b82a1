import { describe, expect, it } from 'vitest';
import { imbalances } from './metrics.ts';

const books = (figures: Record<string, number>) => new Map(Object.entries(figures).map(([name, value]) => [`capture_${name}`, value]));

describe('the ledgers', () => {
  it('balance when nothing has happened, and when everything is somewhere', () => {
    expect(imbalances(new Map())).toEqual([]);
    const fine = {
      events_received_total: 5,
      events_ingested_total: 2,
      events_spooled_total: 3,
      spool_spooled_total: 3,
      spool_drained_total: 3,
    };
    expect(imbalances(books(fine))).toEqual([]);
  });

  it('tell by how much they do not', () => {
    expect(imbalances(books({ events_received_total: 5, events_ingested_total: 4 }))).toEqual([
      expect.stringMatching(/^the admission ledger is off by 1 /),
    ]);
    expect(imbalances(books({ spool_recovered_total: 1, spool_pending_events: 2 }))).toEqual([
      expect.stringMatching(/^the spool ledger is off by -1 /),
    ]);
  });
});
