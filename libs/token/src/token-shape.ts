import { textOf, type RawText } from '@app/decoder';
import { causeNameOf } from '@app/causes';
import { CaptureError } from '@app/event';

const MAX_TOKEN_BYTES = 64;
/** As it stands in the payload: 64 escaped characters take 384, and nobody sends so many blanks around them. */
const MAX_SENT_BYTES = 1024;
/** Stands for all that are longer, which nobody need unescape, trim or compare. */
const TOO_LONG = '-'.repeat(MAX_TOKEN_BYTES + 1);
/** A user's secret, not a project's key: whoever sends it publishes it. */
const PERSONAL_PREFIX = 'phx_';

/** A token as its sender meant it, trimmed; its shape is yet to be checked. */
export function tokenText(sent: RawText): string {
  return sent.raw.length > MAX_SENT_BYTES ? TOO_LONG : textOf(sent).trim();
}

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
  if (problem !== undefined) throw new CaptureError('invalid_token', problem, causeNameOf(problem));
  return token;
}
