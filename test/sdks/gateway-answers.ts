import { request, type ClientRequest } from 'node:http';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumCommand } from '../browser/chromium.ts';
import type { Client } from './client.ts';
import { CLIENTS } from './clients.ts';
import { FLAGS } from './install/browser.ts';
import { installNpm } from './install/npm.ts';
import { openSite, type Site } from './install/site.ts';
import { startLanes, type Lanes } from './lanes.ts';
import { whyNot } from './toolchains.ts';
import { checkKnownSet } from './wire/known-set.ts';
import { reconcile, sentEvents } from './wire/reconcile.ts';
import { startRecorder } from './wire/recorder.ts';

const hasNoChromium = await whyNot('chromium');
const MIB = 1024 * 1024;

/** What is asked of the gateway's own answers, without a recorder that gives others. */
export function describeGatewayAnswers(): void {
  describe.skipIf(hasNoChromium !== undefined)(`in a page of another site ${hasNoChromium ?? ''}`, () => {
    let lanes: Lanes;
    let site: Site;
    let browser: Browser;
    let page: Page;
    beforeAll(async () => {
      lanes = await startLanes({ MAX_IN_FLIGHT_BYTES: String(2 * MIB), MAX_BODY_BYTES: String(1.5 * MIB) });
      site = await openSite(await installNpm('posthog-js-lite', '4.12.1'), 'posthog-js-lite');
      browser = await chromium.launch({ executablePath: await chromiumCommand(), args: FLAGS });
      page = await browser.newPage();
      await page.goto(`${site.url}/known-set`);
    });
    afterAll(async () => {
      await browser?.close();
      await site?.close();
      await lanes?.stop();
    });

    it.each([
      [200, '{"api_key":"phc_page","event":"e","distinct_id":"d"}', undefined],
      [400, '{"api_key":', undefined],
      [401, '{"event":"e","distinct_id":"d"}', undefined],
      [413, `{"api_key":"phc_page","event":"e","distinct_id":"${'x'.repeat(1.7 * MIB)}"}`, undefined],
      [503, `{"api_key":"phc_page","event":"e","distinct_id":"d","properties":{"x":"${'x'.repeat(0.5 * MIB)}"}}`, /^\d+$/],
    ])('a %s is read with its headers, cookies sent', async (status, body, retryAfter) => {
      const holds = status === 503 ? await holdBytes(lanes.gateway.url, 1.25 * MIB) : undefined;
      // Both kinds of request: one that browsers send at once, and one that they ask leave for.
      for (const type of ['text/plain', 'application/json']) {
        const ask = () => page.evaluate(post, { url: `${lanes.gateway.url}/e/`, body, type });
        // What is held has to arrive first.
        await expect.poll(async () => (await ask()).status, { timeout: 5000 }).toBe(status);
        if (retryAfter) expect((await ask()).retryAfter).toMatch(retryAfter);
      }
      holds?.destroy();
    });
  });

  // SDKs that halve a batch come to sizes that the gateway takes: nothing is lost, nothing comes twice.
  describe.each(CLIENTS.filter(({ reactions, toolchain }) => reactions[413] === 'halved' && !(toolchain === 'chromium' && hasNoChromium)))(
    '413 to $name',
    (client: Client) => {
      let lanes: Lanes;
      beforeAll(async () => {
        lanes = await startLanes({ MAX_EVENTS_PER_REQUEST: '7' });
      });
      afterAll(() => lanes?.stop());

      it('makes it halve its batches until they are taken', async () => {
        const token = 'phc_halves';
        const drive = await client.prepare();
        const recorder = await startRecorder(lanes.gateway.url, client.sideAnswer);
        await drive(recorder.url, token, client.modes);
        await recorder.settle();
        const sent = sentEvents(recorder.requests);
        const found = await lanes.read(token, 1);
        await recorder.close();

        expect(reconcile(sent, found)).toEqual([]);
        expect(checkKnownSet(found, client.rules)).toEqual([]);
        expect(recorder.requests.filter(({ gatewayStatus }) => gatewayStatus === 413).length).toBeGreaterThan(1);
      });
    },
  );
}

/** A request that never ends, and so holds its bytes of the budget for requests under way. */
async function holdBytes(url: string, bytes: number): Promise<ClientRequest> {
  const holder = request(`${url}/e/`, { method: 'POST', headers: { 'content-length': bytes + 1 } });
  holder.on('error', () => {});
  await new Promise((resolve) => holder.write(Buffer.alloc(bytes, ' '), resolve));
  return holder;
}

/** Runs in the page. */
async function post({ url, body, type }: { url: string; body: string; type: string }) {
  const answer = await fetch(url, { method: 'POST', credentials: 'include', headers: { 'content-type': type }, body });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after') ?? '', text: await answer.text() };
}
