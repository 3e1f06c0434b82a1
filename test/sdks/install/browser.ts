import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { chromiumCommand } from '../../browser/chromium.ts';
import type { Drive } from '../client.ts';
import { installNpm } from './npm.ts';
import { openSite } from './site.ts';

export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** SDKs drop what a robot does. */
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
/** Queues are sent every three seconds. */
const QUEUE_MS = 4000;
/** Browser SDKs wait up to nine seconds before they send again. */
const PATIENCE_MS = 16_000;

export async function prepareBrowser(name: string, version: string): Promise<Drive> {
  const folder = await installNpm(name, version);
  return async (url, token, modes) => {
    const site = await openSite(folder, name);
    const browser = await chromium.launch({ executablePath: await chromiumCommand(), args: FLAGS });
    try {
      const context = await browser.newContext({ userAgent: USER_AGENT });
      const page = await context.newPage();
      const complaints = listen(page, modes.includes('alone'));
      const compression = modes.includes('plain') ? 'none' : '';
      await page.goto(`${site.url}/?${new URLSearchParams({ driver: `${name}.mjs`, url, token, compression }).toString()}`);
      await visit(page, modes.includes('patient') ? PATIENCE_MS : QUEUE_MS);
      if (complaints.length > 0) throw new Error(complaints.join('\n'));
    } finally {
      await browser.close();
      await site.close();
    }
  };
}

async function visit(page: Page, patience: number): Promise<void> {
  await page.waitForFunction('window.started !== undefined');
  await page.evaluate('window.started');
  // SDKs listen to clicks once their configuration has come.
  await page.click('#buy');
  await sleep(patience);
  await page.evaluate('window.leave()');
  // The visitor goes to another page.
  await page.goto('about:blank');
  await sleep(1500);
}

/** What goes wrong on the page; with `isQuiet` also what the browser says on its console, such as answers of 404. */
function listen(page: Page, isQuiet: boolean): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (isQuiet && message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  return complaints;
}
