import { describe, expect, it } from 'vitest';
import { logLimits } from './log-limits.js';
import { SpoolConfig } from './spool.config.js';

const GIB = 1024 ** 3;
const HOUR_MS = 3_600_000;
const NEW = { isOfOlderRelease: false, bytes: 0, freeBytes: 100 * GIB };
const OLDER = { ...NEW, isOfOlderRelease: true };

const limits = (settings: Partial<SpoolConfig>, found = NEW) => logLimits(Object.assign(new SpoolConfig(), settings), found);

describe('what the embedded log may hold', () => {
  it('is 10 GiB, or 80 % of what there is room for, and nothing is deleted', () => {
    expect(limits({})).toEqual({ bytes: 10 * GIB, ageMs: Infinity, whenFull: 'refuse', warnings: [] });
    expect(limits({}, { ...NEW, bytes: 2 * GIB, freeBytes: 3 * GIB }).bytes).toBe(4 * GIB);
  });

  it('is what is asked for', () => {
    expect(limits({ embeddedMaxBytes: 7 * GIB }, OLDER).bytes).toBe(7 * GIB);
    const deleting = limits({ embeddedFull: 'delete_oldest', embeddedRetentionHours: 2 });
    expect(deleting).toEqual({ bytes: 10 * GIB, ageMs: 2 * HOUR_MS, whenFull: 'delete_oldest', warnings: [] });
    expect(limits({ embeddedFull: 'delete_oldest' }, OLDER)).toMatchObject({ bytes: 10 * GIB, ageMs: Infinity, warnings: [] });
  });

  it('follows the settings of the release before as that did, and warns', () => {
    const bytes = limits({ embeddedRetentionBytes: GIB });
    expect(bytes).toMatchObject({ bytes: GIB, ageMs: 168 * HOUR_MS, whenFull: 'delete_oldest' });
    expect(bytes.warnings).toEqual([expect.stringContaining('EMBEDDED_LOG_FULL=delete_oldest')]);
    expect(limits({ embeddedRetentionHours: 1 })).toMatchObject({ bytes: 4 * GIB, ageMs: HOUR_MS, whenFull: 'delete_oldest' });
  });

  it('is what the release before allowed, for a log that it has begun, until somebody says what is wanted', () => {
    const older = limits({}, OLDER);
    expect(older).toMatchObject({ bytes: 4 * GIB, ageMs: 168 * HOUR_MS, whenFull: 'delete_oldest' });
    expect(older.warnings).toEqual([expect.stringMatching(/begun by an earlier release.*EMBEDDED_LOG_FULL=refuse/)]);
    expect(limits({ embeddedFull: 'refuse' }, OLDER)).toMatchObject({ ageMs: Infinity, whenFull: 'refuse', warnings: [] });
  });
});
