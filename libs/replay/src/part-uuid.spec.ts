import { describe, expect, it } from 'vitest';
import { partUuid } from './part-uuid.js';

describe('partUuid', () => {
  const uuid = '0193aaaa-bbbb-7ccc-8ddd-fffffffffffe';

  it('leaves the first part the UUID of its event, and counts on from it', () => {
    expect([0, 1, 2, 3].map((index) => partUuid(uuid, index))).toEqual([
      uuid,
      '0193aaaa-bbbb-7ccc-8ddd-ffffffffffff',
      '0193aaaa-bbbb-7ccc-8ddd-000000000000',
      '0193aaaa-bbbb-7ccc-8ddd-000000000001',
    ]);
  });
});
