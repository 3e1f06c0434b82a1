import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client, Drive } from './client.ts';
import { CLIENTS } from './clients.ts';
import { describeGatewayAnswers } from './gateway-answers.ts';
import { startLanes, type Lanes } from './lanes.ts';
import { reactionTo } from './reaction.ts';
import { page, type Row } from './table.ts';
import { whyNot } from './toolchains.ts';
import { checkKnownSet } from './wire/known-set.ts';
import { isAccepted, reconcile, sentEvents } from './wire/reconcile.ts';
import { startRecorder, type Fault } from './wire/recorder.ts';
import { retryAll } from './wire/strict.ts';

const PAGE = join(import.meta.dirname, '../../docs/sdks.md');
const INSTALL_MS = 20 * 60_000;
const chosen = (process.env.TEST_SDKS ?? '').split(',').filter(Boolean);
const clients = CLIENTS.filter(({ name }) => chosen.length === 0 || chosen.some((prefix) => name.startsWith(prefix)));
const obstacles = new Map(
  await Promise.all(
    [...new Set(clients.map(({ toolchain }) => toolchain))].map(async (toolchain) => [toolchain, await whyNot(toolchain)] as const),
  ),
);

const rows = new Map<string, Row>();
let lanes: Lanes;
let runs = 0;

beforeAll(async () => {
  lanes = await startLanes();
}, 60_000);

afterAll(async () => {
  await lanes?.stop();
  const all = clients.map((client) => rows.get(client.name));
  // A part of the list, or a failed run, is no page.
  if (chosen.length === 0 && all.every((row) => row !== undefined)) writeFileSync(PAGE, page(all, `Run on ${today()}.`));
});

describe.each(clients)('$name', (client) => {
  const obstacle = obstacles.get(client.toolchain);
  if (obstacle !== undefined) {
    rows.set(client.name, { client, skipped: obstacle, requests: [], found: [], reactions: {} });
    it.skip(`cannot run here: ${obstacle}`, () => {});
    return;
  }

  let drive: Drive;
  beforeAll(async () => {
    drive = await client.prepare();
  }, INSTALL_MS);

  it('sends the known set, and every event arrives as often as it was sent', async () => {
    const { requests, found } = await run(client, drive);
    expect(reconcile(sentEvents(requests), found)).toEqual([]);
    const refused = sentEvents(requests).filter((each) => !isAccepted(each));
    expect(refused.map(({ event }) => (event.properties as { mark?: string }).mark)).toEqual(client.rules.refused ?? []);
    expect(checkKnownSet(found, client.rules)).toEqual([]);
    rows.set(client.name, { client, requests, found, reactions: {} });
  });

  it.each(Object.entries(client.reactions))('takes a %s as known: %s', async (status, reaction) => {
    const { requests, found } = await run(client, drive, faultOf(status), reaction === 'resent');
    const sent = sentEvents(requests);
    expect(reconcile(sent, found)).toEqual([]);
    expect(reactionTo(sent)).toBe(reaction);
    const row = rows.get(client.name);
    if (row && reaction !== undefined) row.reactions[status] = reaction;
    if (reaction === 'resent' || reaction === 'halved' || reaction === 'accepted') expect(checkKnownSet(found, client.rules)).toEqual([]);
  });
});

// Whoever asks for single SDKs asks for nothing else.
if (chosen.length === 0) describe('answers of the gateway itself', describeGatewayAnswers);

function faultOf(status: string): Fault {
  if (status === 'retry') return { status: 200, answer: retryAll };
  return { status: Number(status), isStored: status.startsWith('2') };
}

/** Lets a client send once, under a token of its own. */
async function run(client: Client, drive: Drive, fault?: Fault, isPatient = false) {
  const token = `phc_sdk_${client.name.replaceAll(/\W/g, '_')}_${++runs}`;
  const recorder = await startRecorder(lanes.gateway.url, client.sideAnswer);
  try {
    if (fault !== undefined) recorder.fail(fault);
    // Some drivers leave at once if nothing has to be sent again.
    await drive(recorder.url, token, isPatient ? [...client.modes, 'patient'] : client.modes);
    await recorder.settle();
    const accepted = sentEvents(recorder.requests).filter(isAccepted).length;
    return { requests: recorder.requests, found: await lanes.read(token, accepted) };
  } finally {
    await recorder.close();
  }
}

const today = () => new Date().toISOString().slice(0, 10);
