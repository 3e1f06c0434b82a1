import { describe, expect, it } from 'vitest';
import { markerItem } from './marker-item.js';

describe('markerItem', () => {
  it('keeps type, time and size of the item whose place it takes', () => {
    const item = `{"data":"${'x'.repeat(100)}","type":2,"timestamp":1700000000000.5}`;
    expect(JSON.parse(markerItem(item, 1))).toEqual({
      type: 5,
      data: { tag: 'Message too large', payload: { type: 2, size: item.length } },
      timestamp: 1_700_000_000_000.5,
    });
  });

  it.each(['"text"', '[1]', '{}', '{"type":"2","timestamp":null}', `{"timestamp":1${'0'.repeat(5000)}}`])(
    'takes the time of its event for %.40s',
    (item) => {
      const marker = markerItem(item, 1234);
      expect(JSON.parse(marker)).toMatchObject({ timestamp: 1234, data: { payload: { type: null } } });
      expect(marker.length).toBeLessThan(200);
    },
  );

  it('takes the last of members that are repeated, however often, and none of another type', () => {
    const item = `{${'"type":3,'.repeat(100_000)}"type":4,"timestamp":"7","timestamp":8}`;
    expect(JSON.parse(markerItem(item, 5))).toMatchObject({ data: { payload: { type: 4 } }, timestamp: 8 });
    expect(JSON.parse(markerItem('{"type":"x","timestamp":[]}', 5))).toMatchObject({ data: { payload: { type: null } }, timestamp: 5 });
  });

  it('looks at the ends of a very large one', () => {
    const item = `{"type":2,"data":{"a":"${'x'.repeat(3_000_000)}"},"timestamp":1700000000001}`;
    expect(JSON.parse(markerItem(item, 5))).toMatchObject({ data: { payload: { type: 2, size: item.length } }, timestamp: 1700000000001 });
  });
});
