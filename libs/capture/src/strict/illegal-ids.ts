/**
 * Ids that many people share by mistake: their events are kept, but must not be merged into one person. Compared
 * without case.
 */
const ILLEGAL: ReadonlySet<string> = new Set([
  '0',
  'anon',
  'anon_id',
  'anonymous',
  'anonymous-user',
  'anonymous_id',
  'backend',
  'distinct_id',
  'distinctid',
  'email',
  'false',
  'guest',
  'id',
  'nan',
  'none',
  'not_authenticated',
  'null',
  'system',
  'true',
  'undefined',
  'user',
  '[object object]',
  '00000000-0000-0000-0000-000000000000',
]);

export function isIllegalId(distinctId: string): boolean {
  return ILLEGAL.has(distinctId.trim().toLowerCase());
}
