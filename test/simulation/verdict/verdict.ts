import type { Sent } from '../world/books.js';
import { sumOf } from '../world/spool-counts.js';
import type { World } from '../world/world.js';
import { placesOf, type Places } from './places.js';
import { untold } from './untold.js';

/** Of buffers that the drain gave to the batcher: a chunk, one more of lanes whose answers are outstanding, and read windows. */
const MOST_HELD_BYTES = 6 * 1024 * 1024;
/** An unlisted refusal is repeated before a message is put aside. */
const FEWEST_REFUSALS = 10;

/** What was promised and not kept, in words. */
export function verdict(world: World, parked: ReadonlySet<string>): string[] {
  const { cluster } = world;
  const broken = [...new Set([...world.broken, ...cluster.violations])];
  const places = placesOf(world);
  const losses = world.books.sent.flatMap((one) => lossOf(world, one, places, parked));
  const isToldExpired = world.plan.maxAgeHours > 0 && losses.length <= sumOf(world.lives, 'expiredCount');
  if (!isToldExpired) broken.push(...losses);
  broken.push(...disorder(world, places, parked), ...unbalanced(world), ...untold(world, places, parked), ...copies(world));
  return broken;
}

const isAcknowledged = ({ answer }: Sent): boolean => answer === 'kafka' || answer === 'spool';

function lossOf(world: World, one: Sent, { inTopic, dead, refused }: Places, parked: ReadonlySet<string>): string[] {
  const { id, answer } = one;
  if (!isAcknowledged(one) || inTopic.has(id) || world.unreadable.has(id)) return [];
  if (one.topic === 'dlq' && dead.has(id)) return [];
  if (answer === 'kafka') return [`${id} was acknowledged as kafka and is in no topic`];
  const { refusedForGood, refusals } = refused;
  const isListed = refusedForGood.has(id);
  if (dead.has(id)) return isListed ? [] : [`${id} went to the dead letters, and nobody refused it for good`];
  if (!parked.has(id)) return [`${id} was acknowledged as spool and is lost`];
  return isListed || (refusals.get(id) ?? 0) >= FEWEST_REFUSALS ? [] : [`${id} is parked after ${refusals.get(id) ?? 0} refusals`];
}

/** Messages of a key come in the order in which they were sent, as far as they are acknowledged and in their topic. */
function disorder({ books, lives, plan }: World, { inTopic, dead, refused }: Places, parked: ReadonlySet<string>): string[] {
  // What was too old is sent after all when the cursor that said so is lost: late, behind what was younger.
  if (plan.maxAgeHours > 0 && lives.some(({ hasLostPlace }) => hasLostPlace)) return [];
  const broken: string[] = [];
  const hadSpool = lives.every((gateway) => gateway.hadSpool);
  const last = new Map<string, { readonly id: string; readonly at: number }>();
  for (const one of books.sent) {
    const { id, key, topic, life } = one;
    const place = inTopic.get(id);
    if (key === null || place === undefined || !isAcknowledged(one) || dead.has(id) || parked.has(id)) continue;
    // It has left its lane. Dies the process before that is on disk, a broker may take it after all: late, behind those that went on.
    if (refused.refusedAlone.has(id)) continue;
    const lane = `${topic} ${key}${hadSpool ? '' : ` ${life}`}`;
    const before = last.get(lane);
    if (before !== undefined && before.at > place.at)
      broken.push(`${id} of key ${key} is in ${place.log} before ${before.id}, which was sent first`);
    last.set(lane, { id, at: place.at });
  }
  return broken;
}

function unbalanced(world: World): string[] {
  const { gateway, lives } = world;
  const broken: string[] = [];
  if (gateway !== undefined && gateway.counts.in !== gateway.counts.out)
    broken.push(`${gateway.counts.in} came into the spool and ${gateway.counts.out} went out`);
  const held = Math.max(...lives.map(({ way }) => way.mostHeld));
  if (held > MOST_HELD_BYTES) broken.push(`the drain held ${held} bytes`);
  return broken;
}

/** What a process finds sent it does not send again, unless it tells that it cannot know. */
function copies({ lives, unreadable }: World): string[] {
  return lives.flatMap(({ life, hasLostPlace, way }) => {
    const again = [...way.sentAgain].filter((id) => !unreadable.has(id));
    return hasLostPlace || again.length === 0
      ? []
      : [`life ${life} sent ${again.length} again that were sent: ${again.slice(0, 5).join()}`];
  });
}
