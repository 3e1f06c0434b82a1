import { describe, expect, it } from 'vitest';
import { AiEvents } from './ai-events.js';

describe('AiEvents', () => {
  it.each([
    ['$ai_generation', true, true],
    ['$ai_trace_clusters', true, true],
    ['$ai_call', false, true],
    ['$ai_', false, true],
    ['$AI_generation', false, false],
    ['ai_generation', false, false],
    [' $ai_generation', false, false],
    ['$pageview', false, false],
    ['$', false, false],
    ['', false, false],
  ])('of %j: known to consumers %s, by its prefix %s', (name, isKnown, hasPrefix) => {
    expect([new AiEvents('allowlist').has(name), new AiEvents('prefix').has(name)]).toEqual([isKnown, hasPrefix]);
  });
});
