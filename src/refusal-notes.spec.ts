import { Counter, Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { RefusalNotes } from './refusal-notes.js';

describe('what a developer is told of refusals', () => {
  let lines: string[];
  let refused: Counter<'code'>;
  let dropped: Counter<'cause'>;
  let notes: RefusalNotes;

  beforeEach(() => {
    lines = [];
    const registers = [new Registry()];
    refused = new Counter({ name: 'refused', help: 'x', labelNames: ['code'], registers });
    dropped = new Counter({ name: 'dropped', help: 'x', labelNames: ['cause'], registers });
    notes = new RefusalNotes(refused, dropped, { warn: (line) => void lines.push(line) });
  });

  it('is one line with causes and counts, the most frequent first', async () => {
    refused.inc({ code: 'no_such_route' });
    refused.inc({ code: 'missing_token' }, 2);
    dropped.inc({ cause: 'over_quota' });
    await notes.tell();
    expect(lines).toEqual([
      'in the last minute 3 requests were refused (missing_token 2, no_such_route 1), and 1 event was dropped (over_quota 1)',
    ]);
  });

  it('is nothing while nothing is refused, and never the same twice', async () => {
    await notes.tell();
    refused.inc({ code: 'missing_token' });
    await notes.tell();
    await notes.tell();
    refused.inc({ code: 'missing_token' }, 4);
    await notes.tell();
    expect(lines).toEqual([
      'in the last minute 1 request was refused (missing_token 1)',
      'in the last minute 4 requests were refused (missing_token 4)',
    ]);
  });
});
