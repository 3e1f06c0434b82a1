import { checkTokenShape } from '@app/token';
import { StrictError } from './strict-error.js';

/**
 * The project API key of `Authorization: Bearer`.
 *
 * @throws StrictError `missing_api_token`, `invalid_header_value`; CaptureError `invalid_token`
 */
export function bearerToken(header: string | undefined): string {
  if (header === undefined || header.trim() === '')
    throw new StrictError('missing_api_token', 'Authorization: Bearer <project API key> is needed');
  const [, scheme, token = ''] = /^\s*(\S+)(?:\s+(.*))?$/.exec(header) ?? [];
  if (scheme?.toLowerCase() !== 'bearer') throw new StrictError('invalid_header_value', 'Authorization must have the scheme Bearer');
  return checkTokenShape(token);
}
