import { expect, it } from 'vitest';
import { anEvent } from '@app/testing';
import { TokenIds } from './token-ids.js';

it.each([
  [['tok:id', 'tok2'], { token: 'tok', distinctId: 'id' }, true],
  [['tok:id', 'tok2'], { token: 'tok', distinctId: 'other' }, false],
  [['tok:id', 'tok2'], { token: 'tok2', distinctId: 'any' }, true],
  [['', ' ', 'tok1'], { token: '', distinctId: '' }, false],
  [[''], { token: 'tok', distinctId: 'id' }, false],
  [['tok:a:b'], { token: 'tok', distinctId: 'a:b' }, true],
])('of %j the event %j is: %s', (entries, event, expected) => {
  expect(new TokenIds(entries).has(anEvent(event))).toBe(expected);
});
