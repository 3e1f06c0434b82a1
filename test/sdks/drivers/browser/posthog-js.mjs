// Sends the known set with posthog-js of any version, from a page.
let posthog;

export async function start(sdk, { url, token, compression }, known) {
  posthog = sdk.default;
  posthog.init(token, {
    api_host: url,
    autocapture: true,
    capture_pageview: true,
    capture_pageleave: true,
    disable_session_recording: true,
    disable_surveys: true,
    opt_out_useragent_filter: true,
    disable_compression: compression === 'none',
    persistence: 'localStorage+cookie',
  });
  for (const { event, timestamp, properties } of known) {
    posthog.capture(event, properties, timestamp && { timestamp: new Date(timestamp) });
  }
  posthog.capture('surrogates', { mark: 'surrogates', half: 'a\ud83db', other: '\ude00' });
  // The queue is sent every three seconds: some events before, some after.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  posthog.identify('größe 🎉 1', { plan: 'größer 🎉' }, { first: true });
  posthog.group('company', 'c-1', { seats: 3 });
  posthog.capture('in groups', { mark: 'groups' });
  for (let i = 0; i < 30; i++) posthog.capture('many', { mark: `m-${i}` });
  posthog.reset();
  posthog.identify(`${'x'.repeat(199)}🎉${'y'.repeat(50)}`);
  posthog.capture('long id of a visitor', { mark: 'long' });
}

/** What is queued when the page goes away is sent by beacon. */
export function leave() {
  posthog.capture('last words', { mark: 'last', text: 'größe 🎉' });
}
