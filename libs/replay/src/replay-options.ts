export interface ReplayOptions {
  /** Whether /s is served here; recordings on other routes are taken either way. */
  readonly servesRoute: boolean;
  /** Of a message with key, headers and framing, before compression: what the output takes. */
  readonly messageMaxBytes: number;
}

export const REPLAY_OPTIONS = 'inlet:replay-options';
