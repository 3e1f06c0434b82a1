import { describe, expect, it } from 'vitest';
import { anEvent, ManualClock } from '@app/testing';
import { parseRestrictions } from './parse-restrictions.js';
import { Restrictions } from './restrictions.js';

const RULE = { version: 2, token: 'phc_test', pipelines: ['analytics'] };
const parse = (...records: unknown[]) => parseRestrictions('redirect_to_topic', JSON.stringify(records));

describe('parseRestrictions', () => {
  it.each([
    ['another version', { ...RULE, version: 1, args: { topic: 't' } }],
    ['no token', { ...RULE, token: '', args: { topic: 't' } }],
    ['a token of another type', { ...RULE, token: 5, args: { topic: 't' } }],
    ['no topic', RULE],
    ['an empty topic', { ...RULE, args: { topic: '' } }],
    ['a topic that no broker takes', { ...RULE, args: { topic: 'a b' } }],
    ['a topic that is a path', { ...RULE, args: { topic: '..' } }],
    ['args null', { ...RULE, args: null }],
    ['unknown pipelines', { ...RULE, pipelines: ['x'], args: { topic: 't' } }],
    ['pipelines of another type', { ...RULE, pipelines: 'analytics', args: { topic: 't' } }],
    ['ids that are no texts', { ...RULE, distinct_ids: [1], args: { topic: 't' } }],
    ['null', null],
    ['a text', 'x'],
    ['an array', []],
  ])('skips %s and takes its neighbours', (_what, record) => {
    const { rules, problems } = parse(record, { ...RULE, args: { topic: 'ok' }, pipelines: ['new', 'analytics'] });
    expect(rules.map(({ topic }) => topic)).toEqual(['ok']);
    expect(problems).toEqual([expect.stringMatching(/^record 0: /)]);
  });

  it.each(['', '{}', '7', '[{]', 'banana'])('refuses %j as a whole', (text) => {
    expect(() => parseRestrictions('redirect_to_dlq', text)).toThrow(SyntaxError);
  });
});

describe('Restrictions', () => {
  it('obeys none once they were not confirmed for too long, and again when they are', () => {
    const clock = new ManualClock();
    const restrictions = new Restrictions(clock, 300_000);
    restrictions.replace('redirect_to_topic', parse({ ...RULE, args: { topic: 't' } }).rules);
    restrictions.confirm();
    clock.advance(300_000);
    expect(restrictions.of(anEvent())).toHaveLength(1);
    clock.advance(1);
    expect([restrictions.of(anEvent()), restrictions.isStale]).toEqual([[], true]);
    restrictions.confirm();
    expect(restrictions.of(anEvent())).toHaveLength(1);
  });

  it('replaces one type and leaves the others', () => {
    const restrictions = new Restrictions(new ManualClock(), 1000);
    restrictions.replace('redirect_to_dlq', parseRestrictions('redirect_to_dlq', JSON.stringify([RULE])).rules);
    restrictions.replace('skip_person_processing', parseRestrictions('skip_person_processing', JSON.stringify([RULE])).rules);
    restrictions.replace('redirect_to_dlq', []);
    expect(restrictions.of(anEvent()).map(({ type }) => type)).toEqual(['skip_person_processing']);
    expect(restrictions.of(anEvent({ token: 'phc_other' }))).toEqual([]);
  });

  it('answers with the rule of the lowest index first, whatever order and type they came in', () => {
    const restrictions = new Restrictions(new ManualClock(), 300_000);
    const rule = (topic: string, index: number) => ({ ...RULE, args: { topic }, index });
    restrictions.replace('redirect_to_topic', parse(rule('third', 7), rule('first', 1)).rules);
    restrictions.replace('redirect_to_dlq', parseRestrictions('redirect_to_dlq', JSON.stringify([{ ...RULE, index: 3 }])).rules);
    expect(restrictions.of(anEvent()).map(({ topic, type }) => topic ?? type)).toEqual(['first', 'redirect_to_dlq', 'third']);
  });
});
