import { describe, expect, it } from 'vitest';
import { nearestRoute } from './nearest-route.js';

const ROUTES = ['/e', '/capture', '/batch', '/i/v0/e', '/s', '/i/v1/analytics/events'];

describe('nearestRoute', () => {
  it.each([
    ['/captur', '/capture'],
    ['/Batch/', '/batch'],
    ['/ingest/i/v0/e', '/i/v0/e'],
    ['/ingest/batch/', '/batch'],
    ['/i/v1/analytics/event', '/i/v1/analytics/events'],
    ['/x', undefined],
    ['/', undefined],
    ['/wp-login.php', undefined],
    [`/${'batch'.repeat(20)}`, undefined],
  ])('finds for %s: %s', (path, route) => {
    expect(nearestRoute(path, ROUTES)).toBe(route);
  });
});
