import { Drop } from '@app/event';
import { MOST_MEMBERS, TooManyMembersError, type NamedMember } from '@app/decoder';

type Member = NamedMember<string>;

/** An object's text without these members and the commas that parted them; all other bytes stay. `members` in order. */
export function withoutMembers(json: string, members: readonly Member[]): string {
  let kept = '';
  let at = 0;
  for (const { keyStart, valueEnd } of members) {
    kept += json.slice(at, keyStart);
    at = behindBlanks(json, valueEnd);
    if (json[at] === ',') at = behindBlanks(json, at + 1);
    else kept = withoutLastComma(kept);
  }
  return kept + json.slice(at);
}

/** What is between the braces of an object. */
export function innerOf(json: string): string {
  return json.slice(1, -1);
}

/** An object of these runs of members, without the blanks around a run. */
export function objectOf(runs: readonly string[]): string {
  const trimmed = runs.map((run) => run.trim());
  return `{${trimmed.filter((run) => run !== '').join(',')}}`;
}

/** As they stand, parted by commas. */
export function textsOf(json: string, members: readonly Member[]): string[] {
  return members.map(({ keyStart, valueEnd }) => json.slice(keyStart, valueEnd));
}

function withoutLastComma(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  return text[end - 1] === ',' ? text.slice(0, end - 1) : text;
}

function behindBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

function isBlank(char: number): boolean {
  return char === 0x20 || char === 0x0a || char === 0x0d || char === 0x09;
}

/** What is made of an event by its members; or a Drop where a client has repeated a name beyond all reason. */
export function unlessTooMany<T>(index: number, make: () => T): T | Drop {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TooManyMembersError)) throw error;
    return new Drop('malformed_event', `event ${index}: members that are moved stand in it more than ${MOST_MEMBERS} times`, 'unparsable');
  }
}
