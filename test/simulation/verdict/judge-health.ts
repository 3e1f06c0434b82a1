import { valueOf } from '../world/books.js';
import type { Gateway } from '../world/gateway.js';
import { TOPICS } from '../world/plan.js';
import { resultIn } from '../world/result-in.js';
import type { World } from '../world/world.js';

/** So often, every second, a partition may send its probe to the spool: a circuit closes with the first answer. */
const TRIES = 20;
const SETTLED_MS = 3000;

/** All is well, and has been for long: nothing is left, and every partition takes a message directly. */
export async function judgeHealth(world: World): Promise<void> {
  const { gateway, time, broken } = world;
  if (gateway === undefined || !gateway.isListening) {
    broken.push('the gateway does not listen');
    return;
  }
  // What the last message has set going.
  await time.pass(SETTLED_MS);
  await time.pass(SETTLED_MS * 10, () => gateway.isIdle);
  const { events, isOpen, counting, lastError } = gateway.spool.detail();
  if (events > 0 || counting) broken.push(`${events} messages never left the spool`);
  if (!isOpen || lastError !== undefined) broken.push(`the spool is not well again: ${lastError}`);
  if (!gateway.isIdle) broken.push(`${gateway.built.batcher.queuedBytes} bytes never left the batcher`);
  for (const [topic, partitions] of Object.entries(TOPICS)) {
    for (let partition = 0; partition < partitions; partition++) await probe(world, gateway, topic, partition);
  }
  if (!gateway.built.health.report().reachable) broken.push('the brokers are not reachable');
  await time.pass(60_000, () => gateway.isIdle);
}

async function probe(world: World, gateway: Gateway, topic: string, partition: number): Promise<void> {
  const { books, time, broken } = world;
  for (let tries = 0; tries < TRIES; tries++) {
    const one = books.add({ id: `m${books.sent.length}`, key: null, topic, life: gateway.life });
    const message = { topic, partition, key: null, value: valueOf(one.id, '', 50), headers: {} };
    const begin = time.monotonic();
    const told = await resultIn(
      time,
      10_000,
      time.as(gateway, () => gateway.deliver([message])),
    );
    if (told !== undefined) one.answer = told.failed.size > 0 ? 'refused' : told.stored.size > 0 ? 'spool' : 'kafka';
    if (one.answer === 'kafka') return;
    await time.pass(1000 + begin - time.monotonic());
  }
  broken.push(`${topic}/${partition} takes nothing directly although all is well`);
}
