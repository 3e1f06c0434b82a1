import { describe, expect, it } from 'vitest';
import { scanPayload } from '@app/decoder';
import { findToken } from './find-token.js';

const find = (body: string) => {
  const payload = scanPayload(Buffer.from(body), { maxDepth: 9, maxEvents: 9 });
  try {
    return findToken(payload);
  } catch (error) {
    return (error as Error).message;
  }
};

/** What to do comes behind it. */
const begins = (text: string): unknown =>
  expect.toSatisfy((said: string) => [text, `${text}: `, `${text}. `].some((start) => said.startsWith(start)));

describe('findToken', () => {
  it.each([
    ['of a single event', '{"event":"e","token":"a"}', 'a'],
    ['in properties', '{"event":"e","properties":{"token":"a"}}', 'a'],
    ['of the event rather than in its properties', '{"event":"e","$token":"a","properties":{"token":"b"}}', 'a'],
    ['beside a batch, whatever its events say', '{"api_key":"a","batch":[{"token":"b"},{"token":"c"}]}', 'a'],
    ['of any event of an array', '[{"event":"e"},{"api_key":"a"},{"event":"e"}]', 'a'],
    ['the same in several places', '[{"token":"a"},{"properties":{"token":"a"}}]', 'a'],
    ['the same but for blanks', '[{"token":"a "},{"token":" a"}]', 'a'],
    ['with escapes', '{"event":"e","token":"\\u0061"}', 'a'],
    ['with as many escapes as it may have', `{"event":"e","token":"${String.raw`\u0061`.repeat(64)}"}`, 'a'.repeat(64)],
    ['between many blanks', `{"event":"e","token":"${' '.repeat(500)}a${' '.repeat(500)}"}`, 'a'],
    ['of an event that is bad otherwise', '[{"token":"a","uuid":5}]', 'a'],
  ])('is the one %s', (_, body, expected) => {
    expect(find(body)).toEqual(begins(expected));
  });

  it.each([
    ['{"event":"e"}', 'event submitted without an api_key'],
    ['{"event":"e","token":null,"properties":{"token":5}}', 'event submitted without an api_key'],
    ['[{"token":"a"},{"token":"b"}]', 'batch submitted with inconsistent api_key values'],
    ['[{"token":"a"},{"token":"A"}]', 'batch submitted with inconsistent api_key values'],
    ['[{"token":"a"},{},{"properties":{"token":"b"}}]', 'batch submitted with inconsistent api_key values'],
    ['{"api_key":"","batch":[{"token":"b"}]}', 'API key is not valid: empty'],
    [`{"event":"e","token":"${' '.repeat(1022)}abc"}`, 'API key is not valid: too_long'],
    [`[{"token":"${String.raw`\u0020`.repeat(200)}"},{"token":"${'b'.repeat(2000)}"}]`, 'API key is not valid: too_long'],
    ['[{"token":"phx_hellothere"}]', 'API key is not valid: personal_api_key'],
    ['{"event":"e","token":"a\\u0000"}', 'API key is not valid: null_byte'],
    ['{"event":"e","token":{"a":1}}', 'failed to parse request: event 0: "token" must be a string, found an object'],
    ['[5]', 'failed to parse request: event 0: must be an object, found a number'],
  ])('%s: %s', (body, message) => {
    expect(find(body)).toEqual(begins(message));
  });

  it.each([
    ['an event’s', '[{"event":"$snapshot","properties":{"token":"b"}},{"event":"e","token":"a"}]', 'a'],
    [
      'the first right one, of snapshots alone',
      '[{"event":"$snapshot","token":""},{"event":"$snapshot","token":"b"},{"event":"$snapshot","token":"c"}]',
      'b',
    ],
    ['its only one’s reason when none is right', '[{"event":"$snapshot","token":"phx_a"}]', 'API key is not valid: personal_api_key'],
  ])('among snapshots is %s', (_, body, expected) => {
    expect(find(body)).toEqual(begins(expected));
  });
});
