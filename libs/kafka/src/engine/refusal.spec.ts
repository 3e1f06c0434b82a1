import { describe, expect, it } from 'vitest';
import { errorName, knownErrors, meaningOf } from './error-table.js';
import { failedHere, isSequenceLost, nameOf, outcomeOf, requestRefused, unanswered } from './refusal.js';
import { NO_TIME, within } from './time-bounds.js';

/** What is not written here is sent again, and may have been written. */
const OTHERS: Readonly<Record<number, object>> = {
  0: { ok: true, baseOffset: 7n },
  // DUPLICATE_SEQUENCE_NUMBER
  46: { ok: true, baseOffset: -1n },
  // MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE
  10: { kind: 'too_large', ambiguous: false },
  18: { kind: 'too_large', ambiguous: false },
  // UNSUPPORTED_FOR_MESSAGE_FORMAT, UNSUPPORTED_COMPRESSION_TYPE, INVALID_RECORD
  43: { kind: 'invalid', ambiguous: false },
  76: { kind: 'invalid', ambiguous: false },
  87: { kind: 'invalid', ambiguous: false },
  // INVALID_TIMESTAMP
  32: { kind: 'bad_time', ambiguous: true },
};
/** OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, UNKNOWN_PRODUCER_ID, PRODUCER_FENCED */
const SEQUENCE_LOST = [45, 47, 49, 59, 90];
/** About the leader, its replicas, a right or the cluster: never about a single record. */
const NOT_OF_A_RECORD = [3, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 19, 20, 29, 31, 35, 41, 53, 56, 74, 75, 89, 100, ...SEQUENCE_LOST];

describe('what an answer of a broker means', () => {
  it.each([...knownErrors()])('%i %s', (code, name) => {
    const isRetried = !(code in OTHERS);
    const kind = NOT_OF_A_RECORD.includes(code) ? 'retryable' : expect.stringMatching(/^(retryable|unlisted)$/);
    const expected = isRetried ? { ok: false, kind, ambiguous: true, error: name, answered: true } : OTHERS[code];
    expect(outcomeOf(code, 7n)).toMatchObject(expected);
    expect(isSequenceLost(code)).toBe(SEQUENCE_LOST.includes(code));
  });

  it.each([-2, 137, 999, 32_767])('a code of a later release, %i, is retried, and may have been written', (code) => {
    expect(knownErrors().has(code)).toBe(false);
    expect(meaningOf(code)).toBe('unlisted');
    expect(outcomeOf(code, 7n)).toEqual({ ok: false, kind: 'unlisted', ambiguous: true, error: `ERROR_${code}`, answered: true });
  });

  it('is never about a record when the whole request was refused', () => {
    for (const code of knownErrors().keys())
      expect(requestRefused(code, true)).toMatchObject({ kind: 'retryable', ambiguous: true, answered: true });
    expect(requestRefused(10, false)).toMatchObject({ kind: 'retryable', ambiguous: false });
  });

  it('reads the range of times from the record errors, or from the message', () => {
    const text =
      'Timestamp 1 of message with offset 0 is out of range. The timestamp should be within [-9223370239888725000, 1796982050000]';
    const bounds = { from: 0, to: 1_796_982_050_000 };
    expect(outcomeOf(32, -1n, { recordErrors: [{ batchIndexErrorMessage: null }, { batchIndexErrorMessage: text }] })).toMatchObject({
      bounds,
    });
    expect(outcomeOf(32, -1n, { errorMessage: text, recordErrors: [] })).toMatchObject({ bounds });
    expect(outcomeOf(32, -1n, { errorMessage: 'within [5, 2]' })).toMatchObject({ bounds: undefined });
    expect(outcomeOf(32, -1n, { errorMessage: 'no' })).toMatchObject({ bounds: undefined });
    expect(outcomeOf(32, -1n)).toMatchObject({ bounds: undefined });
  });

  it('stays clear of the lower end, which moves on while the batch is sent', () => {
    expect(outcomeOf(32, -1n, { errorMessage: 'within [1000, 90000]' })).toMatchObject({ bounds: { from: 11_000, to: 90_000 } });
    expect(outcomeOf(32, -1n, { errorMessage: 'within [1000, 2000]' })).toMatchObject({ bounds: { from: 2000, to: 2000 } });
  });

  it('takes a failure of this process for no broker’s', () => {
    expect(failedHere(new RangeError('too much'))).toEqual({
      ok: false,
      kind: 'local',
      ambiguous: false,
      error: 'LOCAL_FAILURE',
      detail: 'too much',
      answered: false,
    });
    expect(unanswered(new Error('x'), true)).toMatchObject({ kind: 'retryable', ambiguous: true, answered: false });
  });
});

it('names errors as Kafka does, and others by their innermost code', () => {
  expect([errorName(-1), errorName(6), errorName(87), errorName(136)]).toEqual([
    'UNKNOWN_SERVER_ERROR',
    'NOT_LEADER_OR_FOLLOWER',
    'INVALID_RECORD',
    'CONTROLLER_ID_NOT_REGISTERED',
  ]);
  expect(nameOf(new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'ECONNRESET' }) }))).toBe('ECONNRESET');
});

it('keeps times within what a broker takes, and no time as it is', () => {
  const bounds = { from: 10, to: 20 };
  expect([5, 15, 25, NO_TIME].map((time) => within(time, bounds))).toEqual([10, 15, 20, NO_TIME]);
  expect(within(5, undefined)).toBe(5);
});
