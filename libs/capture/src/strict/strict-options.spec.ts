import { describe, expect, it } from 'vitest';
import { readStrictOptions, type StrictOptions } from './strict-options.js';

const NONE = { cookielessMode: undefined, disableSkewCorrection: undefined, processPersonProfile: undefined, productTourId: undefined };

describe('an event’s options', () => {
  it.each<[string | undefined, Partial<StrictOptions>]>([
    [undefined, {}],
    ['null', {}],
    ['{}', {}],
    ['{"cookieless_mode":null,"unknown":{}}', {}],
    ['{"cookieless_mode":true,"disable_skew_correction":false}', { cookielessMode: true, disableSkewCorrection: false }],
    ['{"cookieless_mode":" TRUE ","process_person_profile":"0"}', { cookielessMode: true, processPersonProfile: false }],
    ['{"cookieless_mode":0,"process_person_profile":-0.5}', { cookielessMode: false, processPersonProfile: true }],
    ['{"product_tour_id":"t"}', { productTourId: 't' }],
    ['{"product_tour_id":7}', { productTourId: '7' }],
  ])('%s', (json, expected) => {
    expect(readStrictOptions(json)).toEqual({ ...NONE, ...expected });
  });

  it.each([
    ['"text"', []],
    ['[]', []],
    ['{"cookieless_mode":"yes"}', ['cookieless_mode']],
    ['{"disable_skew_correction":{},"product_tour_id":1.5}', ['disable_skew_correction', 'product_tour_id']],
  ])('names what is wrong with %s', (json, wrong) => {
    expect(readStrictOptions(json)).toEqual(wrong);
  });
});
