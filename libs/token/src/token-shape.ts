import { CaptureError } from '@app/event';

const MAX_TOKEN_BYTES = 64;
/** A user's secret, not a project's key: whoever sends it publishes it. */
const PERSONAL_PREFIX = 'phx_';

/**
 * The token, trimmed, if its shape is right. There is no required prefix: self-hosters rely on that.
 *
 * @throws CaptureError `invalid_token` with the reference's reason
 */
export function checkTokenShape(text: string): string {
  const token = text.trim();
  if (token === '') throw invalid('empty');
  if (Buffer.byteLength(token) > MAX_TOKEN_BYTES) throw invalid('too_long');
  // oxlint-disable-next-line no-control-regex -- ASCII is what is asked
  if (!/^[\x00-\x7f]*$/.test(token)) throw invalid('not_ascii');
  if (token.startsWith(PERSONAL_PREFIX)) throw invalid('personal_api_key');
  if (token.includes('\0')) throw invalid('null_byte');
  return token;
}

function invalid(reason: string): CaptureError {
  return new CaptureError('invalid_token', reason);
}
