import { sumOf } from '../world/spool-counts.js';
import type { World } from '../world/world.js';
import type { Places } from './places.js';

/** No record is smaller. */
const RECORD_BYTES = 36;

/** What the spool says of its losses is true: as many as it says, or at most as many where it says so. */
export function untold({ books, lives, unreadable }: World, { inTopic, dead, refused }: Places, parked: ReadonlySet<string>): string[] {
  const broken: string[] = [];
  let damagedBytes = 0;
  for (const { life, counts } of lives) {
    const { lost, lostAtMost } = counts;
    // A life also tells what the one before gave up and did not tell.
    damagedBytes += counts.damagedBytes;
    if (lost > unreadable.size) broken.push(`life ${life} told ${lost} events lost where ${unreadable.size} could not be read`);
    if (lostAtMost > damagedBytes / RECORD_BYTES + 1)
      broken.push(`life ${life} told ${lostAtMost} events lost in ${damagedBytes} damaged bytes`);
  }
  // What was refused for good may lie aside, on a page that cannot be read: nobody gave that up.
  const isGone = (id: string) =>
    unreadable.has(id) && !inTopic.has(id) && !dead.has(id) && !parked.has(id) && !refused.refusedForGood.has(id);
  const gone = books.sent.filter(({ id, answer }) => answer === 'spool' && isGone(id));
  const told = sumOf(lives, 'lost') + sumOf(lives, 'lostAtMost') + sumOf(lives, 'expiredCount');
  if (gone.length > told) broken.push(`${gone.length} events are lost and ${told} told so: ${gone.map(({ id }) => id).join()}`);
  return broken;
}
