import { membersOf, objectOf } from '@app/decoder';

/**
 * Mixpanel-style person updates have no event: `{$token, $distinct_id, $set}` becomes an `$identify` whose `$set` and
 * `$set_once` are properties. All other members keep their bytes.
 *
 * @param data the object as valid JSON, binary text
 */
export function engageData(data: string): string {
  const members = membersOf(data);
  const isMoved = (key: string) => key === '$set' || key === '$set_once' || key === 'properties' || key === 'event';
  const properties = members.findLast(({ key }) => key === 'properties');
  const moved = members.filter(({ key }) => key === '$set' || key === '$set_once');
  const inner = objectOf([...(properties ? membersOf(properties.value) : []), ...moved]);
  return objectOf(['"event":"$identify"', ...members.filter(({ key }) => !isMoved(key)), `"properties":${inner}`]);
}
