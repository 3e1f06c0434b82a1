/** Mobile SDKs name themselves in the header alone: `posthog-android/3.1`. */
const SDK = /^(posthog-[^/\s]{1,100})/;

/** The `$lib` of a recording that names none. */
export function libraryOf(userAgent: string): string {
  if (userAgent === '') return 'unknown';
  return SDK.exec(userAgent)?.[1] ?? 'web';
}
