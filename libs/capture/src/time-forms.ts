/** A date and a time of day as somebody wrote them; texts of digits, absent ones undefined. */
export interface WrittenTime {
  readonly year: string;
  readonly month: string | number;
  readonly day: string;
  readonly hour?: string | undefined;
  readonly minute?: string | undefined;
  readonly second?: string | undefined;
  readonly fraction?: string | undefined;
  /** `AM` or `PM`, in any case. */
  readonly half?: string | undefined;
  /** `Z`, `+03`, `-0330`, `+05:30`, or a name of `ZONE_MINUTES`. */
  readonly zone?: string | undefined;
}

/** Minutes east of UTC. The names that mail knows (RFC 2822); others mean different things in different places. */
const ZONE_MINUTES: Readonly<Record<string, number>> = {
  Z: 0,
  UT: 0,
  UTC: 0,
  GMT: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};
const MONTHS = 'january february march april may june july august september october november december'.split(' ');

const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?(?:\s?(?<half>[ap]m))?`;
const NAMED = Object.keys(ZONE_MINUTES).join('|');
const ZONE = String.raw`(?:\s*(?<offset>[+-]\d{2}:?\d{2})|\s+(?<name>${NAMED}))?`;

/**
 * Each form with an example, in the order in which they are tried. All are anchored and read a text once. What could be
 * two dates (`24.11.2024`, `24/11/2024` beside `11/24/2024`) is none.
 */
const FORMS: readonly RegExp[] = [
  // 2014-04-26 05:24:37 PM, 2017-11-25 13:31:15 PST
  new RegExp(String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})\s${TIME}${ZONE}$`, 'i'),
  // 2021-02-21 UTC, 2020-07-20+08:00
  new RegExp(String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:(?<offset>[+-]\d{2}:?\d{2})|\s+(?<name>${NAMED}))$`, 'i'),
  // 2024-11-24T15:33:07.123+01:00[Europe/Paris]: the offset says all
  new RegExp(
    String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})T(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?(?<offset>[+-]\d{2}:?\d{2})\[[\w+/-]{1,64}\]$`,
  ),
  // Tue, 24 Nov 2026 12:00:00 +0100; 12 Feb 2006, 19:17
  new RegExp(String.raw`^(?:[a-z]{3},?\s+)?(?<day>\d{1,2})\s+(?<monthName>[a-z]{3,9})\s+(?<year>\d{4}),?\s+${TIME}${ZONE}$`, 'i'),
  // May 8, 2009 5:57:51 PM; May 26, 2021, 12:49 AM PDT
  new RegExp(String.raw`^(?<monthName>[a-z]{3,9})\s+(?<day>\d{1,2}),\s+(?<year>\d{4})(?:,?\s+${TIME}${ZONE})?$`, 'i'),
  // 2014/4/8 22:05
  new RegExp(String.raw`^(?<year>\d{4})/(?<month>\d{1,2})/(?<day>\d{1,2})(?:[ T]+${TIME}${ZONE})?$`, 'i'),
  // 4/8/14 22:05, 11/24/2024 3:33:07 PM: as Americans write them
  new RegExp(String.raw`^(?<month>\d{1,2})/(?<day>\d{1,2})/(?<year>\d{4}|\d{2})(?:[ T]+${TIME}${ZONE})?$`, 'i'),
  // 171113 14:14:20
  new RegExp(String.raw`^(?<year>\d{2})(?<month>\d{2})(?<day>\d{2})\s(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})$`),
  // 2014年04月08日11时25分18秒
  /^(?<year>\d{4})年(?<month>\d{1,2})月(?<day>\d{1,2})日(?:\s?(?<hour>\d{1,2})时(?<minute>\d{1,2})分(?:(?<second>\d{1,2})秒)?)?$/,
];

/** The forms that few write. @returns undefined when it is none of them */
export function writtenTime(text: string): WrittenTime | undefined {
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups === undefined) continue;
    const { year, month, monthName, day, hour, minute, second, fraction, half, offset, name } = groups as Record<
      string,
      string | undefined
    >;
    const number = monthName === undefined ? month! : monthOf(monthName);
    if (number === undefined) return undefined;
    return { year: fullYear(year!), month: number, day: day!, hour, minute, second, fraction, half, zone: offset ?? name };
  }
  return undefined;
}

function monthOf(name: string): number | undefined {
  const lower = name.toLowerCase();
  const at = MONTHS.findIndex((month) => month === lower || month.slice(0, 3) === lower);
  return at < 0 ? undefined : at + 1;
}

/** Two digits are 1970 to 2069. */
function fullYear(year: string): string {
  return year.length === 2 ? `${Number(year) >= 70 ? '19' : '20'}${year}` : year;
}

/** @returns Unix milliseconds; undefined for a day, an hour or a minute that does not exist */
export function timeOf(written: WrittenTime): number | undefined {
  const { year, month, day, minute = '00', second = '00', fraction = '', zone = 'Z' } = written;
  const hour = hourOf(written);
  if (hour === undefined || +month < 1 || +month > 12 || +day < 1 || +day > daysIn(+year, +month)) return undefined;
  if (hour > 24 || +minute > 59 || +second > 60) return undefined;
  const date = new Date(0);
  // Not Date.UTC: it takes years below 100 for 19xx.
  date.setUTCFullYear(+year, +month - 1, +day);
  date.setUTCHours(hour, +minute, +second, Math.trunc(Number(`0.${fraction || '0'}`) * 1000));
  return date.getTime() - zoneMinutes(zone) * 60_000;
}

function hourOf({ hour = '00', half }: WrittenTime): number | undefined {
  if (half === undefined) return +hour;
  if (+hour < 1 || +hour > 12) return undefined;
  return (+hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** East of UTC. */
function zoneMinutes(zone: string): number {
  const named = ZONE_MINUTES[zone.toUpperCase()];
  if (named !== undefined) return named;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = +digits.slice(0, 2) * 60 + +digits.slice(2);
  return zone.startsWith('-') ? -minutes : minutes;
}
