import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RESOURCES, type CapturedEvent, type Resource } from '@app/event';
import { Admission } from '@app/pipeline';
import { NOW, openGateway, post, type Gateway } from './gateway.js';

const SOON = NOW / 1000 + 3600;
const NOW_TEXT = new Date(NOW).toISOString();
const FREE = 'phc_free';
/** A project that is over quota in one resource, and one that is over in all but that one. */
const over = (resource: Resource) => `phc_over_${resource}`;
const free = (resource: Resource) => `phc_only_${resource}`;

const LIMITED = Object.fromEntries(
  RESOURCES.map((resource) => {
    const others = RESOURCES.filter((other) => other !== resource).map(free);
    return [resource, Object.fromEntries([over(resource), ...others].map((token) => [token, SOON]))];
  }),
);

const survey = (properties: string) => `{"event":"survey sent","distinct_id":"d","properties":${properties}}`;

/** What an event says of a product tour, in every spelling: [what, the event, what it counts as]. */
const EVENTS: [string, string, Resource][] = [
  ['a survey', survey('{}'), 'surveys'],
  ['a tour', survey('{"$product_tour_id":"x"}'), 'events'],
  ['a survey of no tour', survey('{"$product_tour_id":null}'), 'surveys'],
  ['a survey of no tour, with the blank that Python writes', survey('{"$product_tour_id": null}'), 'surveys'],
  ['a survey of no tour, with many blanks', survey('{"$product_tour_id" \t:\r\n  null}'), 'surveys'],
  ['a survey with the name further inside', survey('{"a":{"$product_tour_id":"x"},"b":[{"$product_tour_id":1}]}'), 'surveys'],
  ['a survey with the name in a text', survey(String.raw`{"a":"\"$product_tour_id\":\"x\""}`), 'surveys'],
  ['a survey with the name beside its properties', '{"event":"survey sent","distinct_id":"d","$product_tour_id":"x"}', 'surveys'],
  ['a survey whose tour is taken back', survey('{"$product_tour_id":"x","$product_tour_id":null}'), 'surveys'],
  ['a tour by an escaped name', survey(String.raw`{"\u0024product_tour_id":"x"}`), 'events'],
  ['a tour by a duplicate', survey('{"$product_tour_id":null,"$product_tour_id":0}'), 'events'],
  ['an exception', '{"event":"$exception","distinct_id":"d"}', 'exceptions'],
  ['an exception by an escaped name', String.raw`{"event":"\u0024exception","distinct_id":"d"}`, 'exceptions'],
  ['an AI event', '{"event":"$ai_span","distinct_id":"d"}', 'llm_events'],
  ['any other', '{"event":"survey_sent","distinct_id":"d"}', 'events'],
];

/** On the endpoint where tours have an option: [what, properties, options, what it counts as]. */
const STRICT: [string, string, string, Resource][] = [
  ['a survey', '{}', '{}', 'surveys'],
  ['a tour by its option', '{}', '{"product_tour_id":"x"}', 'events'],
  ['a tour by its option, whatever the properties say', '{"$product_tour_id":null}', '{"product_tour_id":7}', 'events'],
  ['a survey of no tour', '{"$product_tour_id": null}', '{"product_tour_id":null}', 'surveys'],
];

describe('quotas: what is counted', () => {
  let folder: string;
  let gateway: Gateway;
  let counted: readonly CapturedEvent[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inlet-quota-'));
    await writeFile(join(folder, 'quota.json'), JSON.stringify(LIMITED));
    gateway = await openGateway({ QUOTA_SOURCE: 'file', QUOTA_FILE: join(folder, 'quota.json'), QUOTA_REFRESH_MS: '100' });
    vi.spyOn(gateway.app.get(Admission, { strict: false }), 'accepted').mockImplementation((events) => void (counted = events));
    await vi.waitFor(async () => expect(await admits(over('events'), '{"event":"e","distinct_id":"d"}')).toBe(false), 10_000);
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  const admits = async (token: string, event: string) => {
    counted = [];
    await gateway.send(post('/batch/', `{"api_key":"${token}","batch":[${event}]}`));
    return counted.length > 0;
  };
  const admitsStrictly = async (token: string, properties: string, options: string) => {
    counted = [];
    const event = `{"event":"survey sent","uuid":"01890a5d-ac96-774b-bcce-b302099a8057","distinct_id":"d","timestamp":"${NOW_TEXT}","options":${options},"properties":${properties}}`;
    const headers = {
      authorization: `Bearer ${token}`,
      'posthog-sdk-info': 'tests/1.0.0',
      'posthog-attempt': '1',
      'posthog-request-id': '01890a5d-ac96-774b-bcce-b302099a8057',
      'posthog-request-timestamp': NOW_TEXT,
    };
    await gateway.send(post('/i/v1/analytics/events', `{"created_at":"${NOW_TEXT}","batch":[${event}]}`, headers));
    return counted.length > 0;
  };

  it.each(EVENTS)('%s is what was admitted', async (_, event, resource) => {
    expect(await admits(FREE, event)).toBe(true);
    expect(counted.map((one) => one.resource)).toEqual([resource]);
    expect(await admits(over(resource), event)).toBe(false);
    expect(await admits(free(resource), event)).toBe(true);
  });

  it.each(STRICT)('on the strict endpoint %s is what was admitted', async (_, properties, options, resource) => {
    expect(await admitsStrictly(FREE, properties, options)).toBe(true);
    expect(counted.map((one) => one.resource)).toEqual([resource]);
    expect(await admitsStrictly(over(resource), properties, options)).toBe(false);
    expect(await admitsStrictly(free(resource), properties, options)).toBe(true);
  });
});
