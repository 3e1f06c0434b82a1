// Sends the known set with posthog-js-lite of any version, from a page.
let client;

export async function start({ PostHog }, { url, token }, known) {
  client = new PostHog(token, { host: url, flushAt: 20, flushInterval: 1000, persistence: 'localStorage' });
  for (const { event, uuid, timestamp, properties } of known) {
    client.capture(event, properties, { ...(timestamp && { timestamp: new Date(timestamp) }), ...(uuid && { uuid }) });
  }
  client.capture('surrogates', { mark: 'surrogates', half: 'a\ud83db', other: '\ude00' });
  client.identify('größe 🎉 1', { plan: 'größer 🎉' });
  client.group('company', 'c-1', { seats: 3 });
  client.alias('anonymous-1');
  client.capture('in groups', { mark: 'groups' });
  for (let i = 0; i < 30; i++) client.capture('many', { mark: `m-${i}` });
  client.reset();
  client.identify(`${'x'.repeat(199)}🎉${'y'.repeat(50)}`);
  client.capture('long id of a visitor', { mark: 'long' });
}

export function leave() {
  client.capture('last words', { mark: 'last', text: 'größe 🎉' });
  return client.flush ? client.flush() : client.flushAsync();
}
