import { createHash, timingSafeEqual } from 'node:crypto';

const BEARER = /^Bearer +(\S+) *$/i;

/** Whether an `Authorization` header carries the secret; takes the same time however much of it is right. */
export function isAuthorized(header: string | undefined, secret: string): boolean {
  const given = BEARER.exec(header ?? '')?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(secret));
}

/** Of one length, as the comparison wants it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
