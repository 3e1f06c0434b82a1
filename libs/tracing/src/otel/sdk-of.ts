/** SDKs that are named in traces. What else a client calls itself may be anything, a person's name among it. */
const KNOWN: ReadonlySet<string> = new Set(
  'android dotnet elixir flutter go ios java js js-lite node php python react-native ruby rs server unity'
    .split(' ')
    .map((name) => `posthog-${name}`),
);

/** `posthog-python/7.9.1`, `posthog-ruby2.0.0`. Three numbers and not four: those would be an address. */
const NAMED = /^(posthog-[a-z-]{2,12})\/?(\d{1,4}\.\d{1,4}\.\d{1,4})?(?![\w.])/;
const VERSION = /^\d{1,4}\.\d{1,4}\.\d{1,4}$/;

export interface SdkSeen {
  readonly name: string;
  readonly version: string | undefined;
}

/**
 * The SDK that sent a request, if it is one that we know.
 *
 * @param agent `User-Agent`, or the strict endpoint's `PostHog-Sdk-Info`
 * @param ver `?ver=`, by which the browser's SDK says its version
 */
export function sdkOf(agent: string, ver: unknown): SdkSeen | undefined {
  const [, name, version] = NAMED.exec(agent) ?? [];
  if (name !== undefined && KNOWN.has(name)) return { name, version };
  return typeof ver === 'string' && VERSION.test(ver) ? { name: 'posthog-js', version: ver } : undefined;
}
