import { Kind, MemberNames } from '@app/decoder';
import { innerOf, objectOf, textsOf, withoutMembers } from './members.js';

const MOVED = new MemberNames(['event', 'properties', '$set', '$set_once']);

/**
 * Mixpanel-style person updates have no event: `{$token, $distinct_id, $set}` becomes an `$identify` whose `$set` and
 * `$set_once` are properties. All other members keep their bytes.
 *
 * @param data the object as valid JSON, binary text
 * @throws TooManyMembersError
 */
export function engageData(data: string): string {
  const last = MOVED.last(data);
  const properties = last.find(({ name, kind }) => name === 'properties' && kind === Kind.Object);
  const sets = last.filter(({ name }) => name === '$set' || name === '$set_once');
  const given = properties === undefined ? '' : innerOf(data.slice(properties.valueStart, properties.valueEnd));
  const inner = objectOf([given, ...textsOf(data, sets)]);
  return objectOf(['"event":"$identify"', innerOf(withoutMembers(data, MOVED.all(data))), `"properties":${inner}`]);
}
