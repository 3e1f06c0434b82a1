const ISO =
  /^(?<year>[+-]?\d{4,6})-(?<month>\d\d)-(?<day>\d\d)(?:[Tt ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?\s*(?<zone>[Zz]|(?<sign>[+-])(?<zoneHour>\d\d)(?::?(?<zoneMinute>\d\d))?)?)?$/;
const MAIL = /^(?:[a-z]{3},?\s+)?\d{1,2}\s+[a-z]{3}\s+\d{4}\s+\d{1,2}:\d\d(?::\d\d)?(?<zone>\s*(?:[+-]\d{4}|GMT|UTC|UT|Z|[ECMP][SD]T))?$/i;
const SLASHED =
  /^(?:\d{4}\/\d{1,2}\/\d{1,2}|\d{1,2}\/\d{1,2}\/\d{4})(?:[ ,T]+\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?(?<zone>\s*(?:[+-]\d{4}|GMT|UTC|Z))?$/i;
const HOUR = 3_600_000;

/** Unix milliseconds of the forms in protocol 4.4, or undefined. */
export function timeOf(text: string): number | undefined {
  const iso = ISO.exec(text)?.groups;
  if (iso) return isoTimeOf(iso);
  if (/^-?\d+(\.\d+)?$/.test(text)) {
    const value = Number(text);
    return Math.trunc(Math.abs(value) < 100_000_000_000 ? value * 1000 : value);
  }
  const other = (MAIL.exec(text) ?? SLASHED.exec(text))?.groups;
  if (!other) return undefined;
  const time = Date.parse(other.zone ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}

function isoTimeOf(parts: Record<string, string | undefined>): number | undefined {
  const part = (name: string) => Number(parts[name] ?? 0);
  const date = new Date(0);
  date.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  // A day that the month does not have moves the date into another month.
  if (date.getUTCMonth() !== part('month') - 1 || date.getUTCDate() !== part('day')) return undefined;
  if (part('hour') > 24 || part('minute') > 59 || part('second') > 60) return undefined;
  const millis = Number((parts.fraction ?? '').padEnd(3, '0').slice(0, 3));
  const east = (parts.sign === '-' ? -1 : 1) * (part('zoneHour') * HOUR + part('zoneMinute') * 60_000);
  return date.getTime() + part('hour') * HOUR + part('minute') * 60_000 + part('second') * 1000 + millis - east;
}

/** Years 0 to 9999 are what consumers can store. */
export function isStorable(time: number): boolean {
  const year = new Date(time).getUTCFullYear();
  return year >= 0 && year <= 9999;
}
