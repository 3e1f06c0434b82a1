const ISO =
  /^(?<year>[+-]?\d{4,6})-(?<month>\d\d)-(?<day>\d\d)(?:[Tt ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?\s*(?<zone>[Zz]|(?<sign>[+-])(?<zoneHour>\d\d)(?::?(?<zoneMinute>\d\d))?)?)?$/;
const HOUR = 3_600_000;
const ZONES = ['UTC', 'UT', 'GMT', 'Z', 'EST', 'EDT', 'CST', 'CDT', 'MST', 'MDT', 'PST', 'PDT'];
const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** Unix milliseconds of a text, or undefined: by splitting it into words, where the gateway has a pattern for each form. */
export function timeOf(text: string): number | undefined {
  const iso = ISO.exec(text)?.groups;
  if (iso) return isoTimeOf(iso);
  const [, y, mo, d, clock] = /^(\d\d)(\d\d)(\d\d)\s(\d\d:\d\d:\d\d)$/.exec(text) ?? [];
  if (y) return timeOf(`${Number(y) < 70 ? 20 : 19}${y}-${mo}-${d}T${clock}`);
  const chinese =
    text.match(/^\d{4}年\d\d?月\d\d?日(\s?\d\d?时\d\d?分(\d\d?秒)?)?$/) && text.match(/\d+/g)!.map((part) => part.padStart(2, '0'));
  if (chinese) return timeOf(`${chinese.slice(0, 3).join('-')}T${[...chinese.slice(3), '00', '00'].slice(0, 3).join(':')}`);
  return ofNumber(text) ?? ofWords(text);
}

function ofNumber(text: string): number | undefined {
  const [, minus, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const date = minus === '' && fraction === '' && (whole.length === 8 || whole.length === 14) ? ofDigits(whole) : undefined;
  if (date !== undefined) return date;
  // 9 to 11 digits are seconds, then milli-, micro- and nanoseconds have three each.
  const scale = whole.length < 9 || whole.length > 20 ? undefined : [3, 0, -3, -6][Math.floor((whole.length - 9) / 3)];
  if (scale === undefined) return undefined;
  const size = scale > 0 ? BigInt(whole + `${fraction}000`.slice(0, 3)) : BigInt(whole) / 10n ** BigInt(-scale);
  return Number(minus === '-' ? -size : size);
}

function ofDigits(digits: string): number | undefined {
  if (!/^(19|20)/.test(digits)) return undefined;
  const [date, time] = [digits.slice(0, 8), digits.slice(8).padEnd(6, '0')];
  return timeOf(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}`);
}

/** Zone, half of the day, time and date are taken off the text one after the other, from its end. */
function ofWords(text: string): number | undefined {
  const place = /\[[\w+/-]{1,64}\]$/.exec(text);
  let rest = place ? text.slice(0, place.index) : text;
  const zone = /\s*[+-]\d\d:?\d\d$/.exec(rest) ?? new RegExp(`\\s+(${ZONES.join('|')})$`, 'i').exec(rest);
  if (place !== null) return /T.*[+-]/.test(rest) && !/\s/.test(rest) ? isoOf(rest) : undefined;
  if (zone) rest = rest.slice(0, zone.index);
  const time = /(?<comma>,?)(?:\s+|(?<=\d)(?<letter>T))(?<time>\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?)(?:\s?(?<half>[ap]m))?$/i.exec(rest);
  const date = dateOf(time ? rest.slice(0, time.index) : rest, time?.groups?.comma === ',');
  if (date === undefined || (zone !== null && time === null && !date.includes('-'))) return undefined;
  if (time?.groups!.letter !== undefined && date.includes('-')) return undefined;
  const clock = time ? clockOf(time.groups!) : '00:00:00';
  return clock === undefined ? undefined : timeOfIso(`${date.replace('_', '-').replace('_', '-')}T${clock}`, zone?.[0].trim() ?? 'Z');
}

/** `yyyy-mm-dd`, with `_` in the place of `-` where a zone needs a time beside it. */
function dateOf(text: string, hasComma: boolean): string | undefined {
  const two = (value: string) => value.padStart(2, '0');
  if (!/[a-z]/i.test(text)) {
    if (hasComma) return undefined;
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
    if (year) return `${year}-${month}-${day}`;
    const [, y, m, d] = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/.exec(text) ?? [];
    if (y) return `${y}_${two(m)}_${two(d)}`;
    const [, mm, dd, yy] = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d\d)$/.exec(text) ?? [];
    if (!mm) return undefined;
    const whole = yy.length === 4 ? yy : `${Number(yy) < 70 ? 20 : 19}${yy}`;
    return `${whole}_${two(mm)}_${two(dd)}`;
  }
  const words = text.replace(/^[a-z]{3},?\s+(?=\d{1,2}\s)/i, '').split(/\s+/);
  if (words.length !== 3) return undefined;
  const [day, name, year] = /^\d/.test(words[0]) ? words : [words[1].replace(/,$/, ''), words[0], words[2]];
  if (!/^\d/.test(words[0]) && !words[1].endsWith(',')) return undefined;
  const month = MONTHS.findIndex((known) => known === name.toLowerCase() || known.slice(0, 3) === name.toLowerCase()) + 1;
  return month === 0 || !/^\d{1,2}$/.test(day) || !/^\d{4}$/.test(year) ? undefined : `${year}_${two(String(month))}_${two(day)}`;
}

function clockOf({ time, half }: Record<string, string | undefined>): string | undefined {
  const [hour, ...others] = time!.split(':');
  const named = half?.toLowerCase();
  if (named === undefined) return [hour.padStart(2, '0'), ...others].join(':');
  if (Number(hour) < 1 || Number(hour) > 12) return undefined;
  return [String((Number(hour) % 12) + (named === 'pm' ? 12 : 0)).padStart(2, '0'), ...others].join(':');
}

const EAST: Readonly<Record<string, string>> = { E: '-05:00', C: '-06:00', M: '-07:00', P: '-08:00' };

function timeOfIso(text: string, zone: string): number | undefined {
  const named = zone.toUpperCase();
  if (!/^[ECMP][SD]T$/.test(named)) return isoOf(`${text}${/^[+-]/.test(zone) ? zone : 'Z'}`);
  const winter = isoOf(`${text}${EAST[named[0]]}`);
  return winter === undefined || named[1] === 'S' ? winter : winter - HOUR;
}

function isoOf(text: string): number | undefined {
  const groups = ISO.exec(text)?.groups;
  return groups && isoTimeOf(groups);
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
