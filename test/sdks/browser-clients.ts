import type { Client } from './client.ts';
import { flagService } from './flag-service.ts';
import { prepareBrowser } from './install/browser.ts';

const MARKS = ['surrogates', 'groups', 'long', 'last'];
const VISIT = ['$pageview', '$identify', '$groupidentify', '$autocapture', '$pageleave'];
/** The gateway itself answers what the SDK asks beside capture, and nothing complains. */
const ALONE = 'alone';
const GZIP = flagService('gzip', 'gzip-js');

/** posthog-js and posthog-js-lite in a real Chromium, with a feature-flag service on the same host, and alone with the gateway. */
export const BROWSER_CLIENTS: readonly Client[] = [
  js('js-1.20', '1.20.4', 'gzip', GZIP, { takesTime: false }, {}),
  js('js-1.20-base64', '1.20.4', 'base64', flagService(), { takesTime: false }, {}),
  js('js-1.20-lz64', '1.20.4', 'lz64', flagService('lz64'), { takesTime: false }, {}),
  js('js-1.20-alone', '1.20.4', ALONE, undefined, { takesTime: false }, {}),
  js('js-1.57', '1.57.2', 'gzip', GZIP, {}, { 503: 'resent' }),
  js('js-1.57-base64', '1.57.2', 'base64', flagService(), {}, {}),
  js('js-1.57-alone', '1.57.2', ALONE, undefined, {}, {}),
  js('js-1.100', '1.100.0', 'gzip', GZIP, {}, { 204: 'sent twice', 413: 'dropped', 503: 'resent' }),
  js('js-1.100-alone', '1.100.0', ALONE, undefined, {}, {}),
  js('js-1.449', '1.449.2', 'gzip', GZIP, {}, { 204: 'sent twice', 400: 'dropped', 413: 'dropped', 503: 'resent' }),
  js('js-1.449-plain', '1.449.2', 'plain', GZIP, {}, {}),
  js('js-1.449-alone', '1.449.2', ALONE, undefined, {}, {}),
  // It takes every answer for a failure and sends thrice more, as long as the page is there.
  lite('lite-2', '2.5.0', ['patient'], { copies: 4, takesUuid: false, extra: MARKS.filter((mark) => mark !== 'last') }, {}),
  lite('lite-4-alone', '4.12.1', [ALONE], {}, {}),
  lite('lite-4', '4.12.1', [], {}, { 204: 'accepted', 413: 'halved', 503: 'resent' }),
];

function js(
  name: string,
  version: string,
  use: string,
  sideAnswer: Client['sideAnswer'],
  rules: Partial<Client['rules']>,
  reactions: Client['reactions'],
): Client {
  return {
    name,
    sdk: 'posthog-js',
    version,
    use,
    toolchain: 'chromium',
    modes: [use],
    prepare: () => prepareBrowser('posthog-js', version),
    rules: { takesTime: true, takesUuid: false, takesDistinctId: false, hasDoubles: true, extra: MARKS, events: VISIT, ...rules },
    reactions,
    sideAnswer,
  };
}

function lite(
  name: string,
  version: string,
  modes: Client['modes'],
  rules: Partial<Client['rules']>,
  reactions: Client['reactions'],
): Client {
  return {
    name,
    sdk: 'posthog-js-lite',
    version,
    use: modes.includes(ALONE) ? ALONE : '',
    toolchain: 'chromium',
    modes,
    prepare: () => prepareBrowser('posthog-js-lite', version),
    rules: { takesTime: true, takesUuid: true, takesDistinctId: false, hasDoubles: true, extra: MARKS, ...rules },
    reactions,
    sideAnswer: modes.includes(ALONE) ? undefined : flagService('gzip'),
  };
}
