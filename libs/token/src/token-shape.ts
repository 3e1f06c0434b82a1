import { CaptureError } from '@app/event';

const MAX_TOKEN_BYTES = 64;
/** A user's secret, not a project's key: whoever sends it publishes it. */
const PERSONAL_PREFIX = 'phx_';

/** What is wrong with a trimmed token, in the reference's words; undefined when its shape is right. */
export function tokenProblem(token: string): string | undefined {
  if (token === '') return 'empty';
  if (Buffer.byteLength(token) > MAX_TOKEN_BYTES) return 'too_long';
  // oxlint-disable-next-line no-control-regex -- ASCII is what is asked
  if (!/^[\x00-\x7f]*$/.test(token)) return 'not_ascii';
  if (token.startsWith(PERSONAL_PREFIX)) return 'personal_api_key';
  return token.includes('\0') ? 'null_byte' : undefined;
}

/**
 * The token, trimmed, if its shape is right. There is no required prefix: self-hosters rely on that.
 *
 * @throws CaptureError `invalid_token` with the reference's reason
 */
export function checkTokenShape(text: string): string {
  const token = text.trim();
  const problem = tokenProblem(token);
  if (problem !== undefined) throw new CaptureError('invalid_token', problem);
  return token;
}
