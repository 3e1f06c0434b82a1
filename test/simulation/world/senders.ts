import type { ProducedMessage } from '@app/kafka';
import { valueOf, type Sent } from './books.js';
import { TOKENS } from './plan.js';
import type { World } from './world.js';

const KEYS = Array.from({ length: 24 }, (_, i) => `k${i}`);
const REQUEST_MESSAGES = 14;
const TRICKLE_MS = 4000;

/** Clients: they send what the plan says over its time, each request to whoever listens then. */
export function startSenders(world: World): void {
  const { random, time, plan } = world;
  let left = plan.messages;
  while (left > 0) {
    const count = Math.min(left, 1 + random.int(REQUEST_MESSAGES));
    left -= count;
    time.later(random.next() * plan.busyMs, () => send(world, 'events', count));
  }
  for (let i = 0; i < plan.recordings; i++) time.later(random.next() * plan.busyMs, () => send(world, 'replay', 1));
}

/** A few events now and then, as there always are: what is told by others needs others. */
export function startTrickle(world: World): void {
  const next = () => {
    send(world, 'events', 4, '');
    send(world, 'replay', 1, '');
    world.time.later(TRICKLE_MS, next);
  };
  next();
}

function send(world: World, topic: string, count: number, kind?: string): void {
  const { gateway, books, random } = world;
  if (gateway === undefined || !gateway.isListening) return;
  const sent: Sent[] = [];
  const messages = Array.from({ length: count }, (): ProducedMessage => {
    const key = random.chance(0.05) ? null : random.pick(KEYS);
    const one = books.add({ id: `m${books.sent.length}`, key, topic, life: gateway.life });
    sent.push(one);
    return { topic, key, value: valueOf(one.id, kind ?? kindOf(world), sizeOf(world, topic)), headers: { token: random.pick(TOKENS) } };
  });
  world.note(`${sent[0].id}+${count} for ${topic}`);
  void world.time.as(gateway, async () => {
    const { stored, failed } = await gateway.deliver(messages);
    for (const [index, one] of sent.entries()) one.answer = failed.has(index) ? 'refused' : stored.has(index) ? 'spool' : 'kafka';
    world.note(`${sent[0].id}+${count}: ${stored.size} stored, ${failed.size} refused ${[...failed.values()][0] ?? ''}`);
    for (const [, reason] of failed) world.tally.add(`refused ${reason}`);
  });
}

/** A few are never taken: by their topic, by the dead-letter topic either, or for a reason that is on no list. */
function kindOf({ random }: World): string {
  if (!random.chance(0.0015)) return '';
  return random.pick(['POISON', 'OUTCAST', 'SUSPECT']);
}

export function refusalOf(topic: string, value: string): number {
  const kind = value.slice(value.indexOf('>') + 1);
  if (kind.startsWith('OUTCAST') || (topic !== 'dlq' && kind.startsWith('POISON'))) return 87;
  return topic !== 'dlq' && kind.startsWith('SUSPECT') ? 42 : 0;
}

function sizeOf({ random, plan }: World, topic: string): number {
  if (topic === 'replay') return plan.recordings > 10 ? 60_000 + random.int(240_000) : random.int(60_000);
  return random.chance(0.02) ? random.int(9000) : 20 + random.int(250);
}
