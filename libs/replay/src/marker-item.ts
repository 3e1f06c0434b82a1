import { membersOf } from '@app/decoder';

/** What players know from the service that this one replaces. */
const TAG = 'Message too large';
const CUSTOM_EVENT = 5;

/**
 * Stands in a recording for an item that no message can hold: an rrweb custom event, which players pass over and tools
 * can show. It keeps the item's time, so that the recording's length and the place of the gap stay right.
 *
 * @param item the item's JSON, binary text
 * @param now Unix milliseconds, for an item without a time of its own
 */
export function markerItem(item: string, now: number): string {
  const members = membersOf(item);
  const numberAt = (name: string) => {
    const value = members.findLast(({ key }) => key === name)?.value;
    return value !== undefined && /^-?\d.{0,20}$/.test(value) ? value : undefined;
  };
  const payload = `{"type":${numberAt('type') ?? 'null'},"size":${item.length}}`;
  return `{"type":${CUSTOM_EVENT},"data":{"tag":"${TAG}","payload":${payload}},"timestamp":${numberAt('timestamp') ?? now}}`;
}
