// Sends the known set with posthog-node of any version. Usage: send.mjs FOLDER URL TOKEN KNOWN_SET MODE…
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, host, token, knownSet, ...modes] = process.argv.slice(2);
const sdk = createRequire(join(folder, 'package.json'))('posthog-node');
const PostHog = sdk.PostHog ?? sdk.default ?? sdk;

const client = new PostHog(token, {
  host,
  flushAt: 20,
  flushInterval: 1000,
  disableCompression: modes.includes('plain'),
  historicalMigration: modes.includes('historical'),
});
client.on?.('error', (error) => console.error(String(error)));

const send = async (message) => {
  if (modes.includes('immediate')) await client.captureImmediate(message);
  else client.capture(message);
};

for (const { event, distinct_id, uuid, timestamp, properties } of JSON.parse(readFileSync(knownSet, 'utf8'))) {
  await send({
    event,
    distinctId: distinct_id,
    properties,
    ...(uuid && { uuid }),
    ...(timestamp && { timestamp: new Date(timestamp) }),
  });
}
await send({ event: 'surrogates', distinctId: 'user-1', properties: { mark: 'surrogates', half: 'a\ud83db', other: '\ude00' } });
await send({ event: 'in groups', distinctId: 'user-1', groups: { company: 'c-1' }, properties: { mark: 'groups' } });
for (let i = 0; i < 30; i++) await send({ event: 'many', distinctId: `many-${i % 7}`, properties: { mark: `m-${i}` } });
if (!modes.includes('immediate')) {
  client.identify({ distinctId: 'user-1', properties: { plan: 'größer 🎉', $set_once: { first: true } } });
  client.alias({ distinctId: 'user-1', alias: 'anonymous-1' });
  client.groupIdentify({ groupType: 'company', groupKey: 'c-1', properties: { seats: 3 } });
  client.captureException?.(new Error('broken 🎉'), 'user-1', { mark: 'exception' });
}
// Timers of retries do not keep a process alive; a server would.
const alive = setInterval(() => {}, 1000);
await (client.shutdownAsync ? client.shutdownAsync() : client.shutdown());
clearInterval(alive);
// Version 1 sends in the background and gives nothing to wait for; an idle loop ends the process.
