import { describe, expect, it } from 'vitest';
import { sdkOf } from './sdk-of.js';

describe('sdkOf', () => {
  it.each([
    ['posthog-python/7.9.1', undefined, 'posthog-python', '7.9.1'],
    ['posthog-ruby2.0.0', undefined, 'posthog-ruby', '2.0.0'],
    ['posthog-js-lite/3.0.0 (Linux)', undefined, 'posthog-js-lite', '3.0.0'],
    ['posthog-node/5.70.0-beta.1', undefined, 'posthog-node', '5.70.0'],
    ['posthog-go', undefined, 'posthog-go', undefined],
    ['posthog-python/203.0.113.9', undefined, 'posthog-python', undefined],
    ['Mozilla/5.0 (X11)', '1.449.2', 'posthog-js', '1.449.2'],
  ])('knows %j with ver=%j', (agent, ver, name, version) => {
    expect(sdkOf(agent, ver)).toEqual({ name, version });
  });

  it.each([
    ['', undefined],
    ['Ada Lovelace 1.0', undefined],
    ['posthog-ada/1.2.3', undefined],
    ['posthog-pythonada', undefined],
    ['Mozilla/5.0', '203.0.113.9'],
    ['Mozilla/5.0', 'ada'],
    ['Mozilla/5.0', ['1.2.3']],
  ])('says nothing of %j with ver=%j', (agent, ver) => {
    expect(sdkOf(agent, ver)).toBeUndefined();
  });
});
