import { describe, expect, it } from 'vitest';
import { isPlaceholder } from './placeholder.js';

describe('isPlaceholder', () => {
  it.each([
    'phc_your_project_key',
    '<ph_project_api_key>',
    'YOUR_API_KEY',
    '<ph_project_token>',
    'your-project-api-key',
    'phc_YOUR_PROJECT_API_KEY',
    '<YOUR_POSTHOG_PROJECT_TOKEN>',
    'your_api_key_here',
  ])('knows %s', (token) => {
    expect(isPlaceholder(token)).toBe(true);
  });

  it.each(['phc_demo', 'phc_yourself', 'your_company', 'phc_key', 'token', 'youth_api_key', `your${'_a'.repeat(30)}`])(
    'takes %s for a key',
    (token) => {
      expect(isPlaceholder(token)).toBe(false);
    },
  );
});
