import { EphemeralTopic, startGateway, type Gateway, type TopicMessage } from '@app/testing';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCanvas, describeDom, play } from './page/in-browser.js';
import { joinParts, readPart, type Item, type RecordingPart } from './recording.ts';
import { openSite, type Site } from './site.ts';

const HOSTS = process.env.KAFKA_HOSTS ?? '';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const ALSO = ['--disable-component-update', '--disable-sync'];

interface Seen {
  readonly dom: string[];
  readonly canvas: number[][];
}

describe('a recording made by posthog-js', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium', args: [...FLAGS, ...ALSO] });
  });
  afterAll(() => browser.close());

  it('is played to the page that was recorded', async () => {
    const { recorded, played, parts } = await recordAndPlay(browser, {}, '?compress=yes');
    expect(recorded.dom.length).toBeGreaterThan(40);
    expect(played.dom).toEqual(recorded.dom);
    expectColours(played.canvas, recorded.canvas);
    // The recorder's own compression has gone through: strings full of NULs.
    expect(parts.some(({ items }) => items.some(({ cv }) => cv !== undefined))).toBe(true);
    expect(parts.every(({ partCount }) => partCount === undefined)).toBe(true);
  });

  it('is played to the same page when its messages had to be split into many', async () => {
    const { recorded, played, parts } = await recordAndPlay(browser, { KAFKA_REPLAY_MESSAGE_MAX_BYTES: '16384' }, '?compress=no');
    expect(parts.filter(({ partCount = 1 }) => partCount >= 3).length).toBeGreaterThan(2);
    expect(Math.max(...parts.map(({ bytes }) => bytes))).toBeLessThan(16_384);
    expect(played.dom).toEqual(recorded.dom);
    expectColours(played.canvas, recorded.canvas);
  });
});

async function recordAndPlay(browser: Browser, env: Record<string, string>, query: string) {
  const topic = await EphemeralTopic.create(HOSTS, { partitions: 3 });
  const other = await EphemeralTopic.create(HOSTS);
  let gateway: Gateway | undefined;
  let site: Site | undefined;
  const page = await browser.newPage();
  try {
    gateway = await startGateway({ env: { OUTPUT: 'kafka', KAFKA_HOSTS: HOSTS, ...topics(topic, other), ...env } });
    site = await openSite(gateway.url);
    const recorded = await visit(page, site.url + query);
    const parts = await partsUntilEnd(topic);
    expect(new Set(parts.map(({ key, sessionId }) => `${key} ${sessionId}`)).size).toBe(1);
    const played = await watch(page, site.url, joinParts(parts));
    return { recorded, played, parts };
  } finally {
    await page.close();
    await site?.close();
    await gateway?.stop();
    await Promise.all([topic.delete(), other.delete()]);
  }
}

function topics(replay: EphemeralTopic, other: EphemeralTopic): Record<string, string> {
  const others = ['', '_OVERFLOW', '_HISTORICAL', '_ERROR_TRACKING', '_HEATMAPS', '_CLIENT_INGESTION_WARNING', '_DLQ', '_REPLAY_OVERFLOW'];
  return { ...Object.fromEntries(others.map((lane) => [`KAFKA${lane}_TOPIC`, other.name])), KAFKA_REPLAY_TOPIC: replay.name };
}

/** Does on the page what visitors do; gives what they see at the end. */
async function visit(page: Page, url: string): Promise<Seen> {
  await page.goto(url);
  await page.waitForFunction('window.posthog.sessionRecordingStarted()');
  await page.fill('#name', 'Zoë "😀" \\');
  await page.locator('#story').pressSequentially('Once upon a time');
  await page.check('#agree');
  await page.selectOption('#colour', 'blue');
  for (let i = 0; i < 4; i++) await page.click('#add');
  await page.click('#canvas');
  await page.click('#grow');
  await page.waitForFunction('document.querySelector("#rows").lastElementChild?.dataset.turn === "59"');
  // A frame or two of the canvas, which is looked at four times a second.
  await page.waitForTimeout(1000);
  await page.evaluate('document.getElementById("end").textContent = "the end"');
  return {
    dom: await page.locator('body').evaluate(describeDom),
    canvas: await page.locator('#canvas').evaluate(describeCanvas),
  };
}

/** All messages of the session once the page's last change is among them. */
async function partsUntilEnd(topic: EphemeralTopic): Promise<readonly RecordingPart[]> {
  const deadline = performance.now() + 20_000;
  let messages: TopicMessage[] = [];
  while (performance.now() < deadline) {
    messages = await topic.read();
    const parts = messages.map(readPart);
    if (JSON.stringify(joinParts(parts)).includes('the end')) return parts;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`the end of the recording is not among ${messages.length} messages`);
}

async function watch(page: Page, url: string, items: readonly Item[]): Promise<Seen> {
  await page.goto(`${url}/player`);
  await page.evaluate(play, items);
  const frame = page.frameLocator('iframe');
  await frame.locator('#end').waitFor({ state: 'attached', timeout: 5000 });
  // Images are decoded aside.
  await page.waitForTimeout(1000);
  return {
    dom: await frame.locator('body').evaluate(describeDom),
    canvas: await frame.locator('#canvas').evaluate(describeCanvas),
  };
}

/** A canvas is recorded as pictures that lose a little. */
function expectColours(played: number[][], recorded: number[][]): void {
  for (const [at, colour] of recorded.entries())
    for (const [part, value] of colour.entries()) expect(Math.abs(played[at][part] - value)).toBeLessThan(40);
}
