import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engageData } from './engage.js';

const engage = (text: string) => Buffer.from(engageData(Buffer.from(text).toString('latin1')), 'latin1').toString();

describe('engageData', () => {
  it('makes an $identify of a person update, whose other members keep their bytes', () => {
    expect(engage('{ "$token" : "t","$distinct_id":1.0, "$set":{ "a":"é" },"$set_once":{}}')).toBe(
      '{"event":"$identify","$token" : "t","$distinct_id":1.0,"properties":{"$set":{ "a":"é" },"$set_once":{}}}',
    );
  });

  it.each([
    ['properties that it has', '{"properties":{"a":1},"$set":{}}', '{"event":"$identify","properties":{"a":1,"$set":{}}}'],
    ['null for properties', '{"properties":null,"$set":{}}', '{"event":"$identify","properties":{"$set":{}}}'],
    ['null for an event', '{"event":null,"$set":{}}', '{"event":"$identify","properties":{"$set":{}}}'],
    ['escaped keys', '{"\\u0024set":{}}', '{"event":"$identify","properties":{"\\u0024set":{}}}'],
  ])('with %s', (_, text, expected) => {
    expect(engage(text)).toBe(expected);
  });

  it('loses nothing, whatever else there is', () => {
    const other = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(other, other, (members, set) => {
        for (const key of ['event', 'properties', '$set', '$set_once']) delete members[key];
        const text = JSON.stringify({ ...members, $set: set });
        expect(JSON.parse(engage(text))).toEqual(JSON.parse(JSON.stringify({ event: '$identify', ...members, properties: { $set: set } })));
      }),
    );
  });
});
