import { describe, expect, it } from 'vitest';
import { scanPayload } from '@app/decoder';
import { parseData } from '@app/event';
import { anEvent } from '@app/testing';
import { extractHeatmap, holdsHeatmap } from './heatmap.js';

const binary = (text: string) => Buffer.from(text).toString('latin1');
const holds = (properties: string) => {
  const payload = scanPayload(Buffer.from(`{"properties":{${properties}}}`), { maxDepth: 9, maxEvents: 1 });
  return holdsHeatmap(payload.events[0].properties);
};

describe('holdsHeatmap', () => {
  it.each([
    ['"$heatmap_data":{"url":[]}', true],
    ['"$heatmap_data":[],"$current_url":"u"', true],
    ['"$prev_pageview_pathname":"/a","$current_url":"u"', true],
    ['"$prev_pageview_pathname":"/a"', false],
    ['"$current_url":"u"', false],
    ['"$heatmap_data":null', false],
    ['"$prev_pageview_pathname":null,"$current_url":"u"', false],
    ['', false],
  ])('{%s}: %s', (properties, expected) => {
    expect(holds(properties)).toBe(expected);
  });
});

describe('extractHeatmap', () => {
  const text =
    '{"event":"$pageview", "token":"t","uuid":"u","distinct_id":1.0,"properties": {"$heatmap_data": {"u":[1.0]},"$viewport_width":5,"$ip":"1.2.3.4","secret":"é"},"timestamp":"T"}';
  const event = anEvent({ data: binary(text), name: '$pageview' });
  const [original, heatmap] = extractHeatmap(event);

  it('leaves the original without the data and otherwise byte for byte, and says so', () => {
    expect(Buffer.from(original.data, 'latin1').toString()).toBe(
      '{"event":"$pageview", "token":"t","uuid":"u","distinct_id":1.0,"properties": {"$viewport_width":5,"$ip":"1.2.3.4","secret":"é"},"timestamp":"T"}',
    );
    expect(original).toEqual({ ...event, data: original.data, skipHeatmapProcessing: true });
  });

  it('carries over what a heatmap needs, and nothing else', () => {
    expect(Buffer.from(heatmap.data, 'latin1').toString()).toBe(
      '{"event":"$$heatmap","token":"t","distinct_id":1.0,"timestamp":"T","properties":{"$heatmap_data": {"u":[1.0]},"$viewport_width":5,"$ip":"1.2.3.4"}}',
    );
  });

  it('makes an event of its own that is no input event', () => {
    expect(heatmap).toMatchObject({ name: '$$heatmap', inputs: 0, route: 'heatmaps', index: event.index, distinctId: event.distinctId });
    expect(heatmap.uuid).not.toBe(event.uuid);
    expect(original.inputs).toBe(1);
  });

  it('goes by the last of two properties', () => {
    const twice = anEvent({ data: binary('{"properties":{"$heatmap_data":1},"properties":{"$heatmap_data":2,"a":3}}') });
    expect(extractHeatmap(twice).map(parseData)).toEqual([
      { properties: { a: 3 } },
      { event: '$$heatmap', properties: { $heatmap_data: 2 } },
    ]);
  });
});
