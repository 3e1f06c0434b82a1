/** What a check looks at; also the words of `--skip`. */
export const SUBJECTS = ['settings', 'kafka', 'redis', 'disk', 'address'] as const;
export type Subject = (typeof SUBJECTS)[number];

export interface Finding {
  readonly subject: Subject;
  /** `fault`: do not roll out. `warning`: works, but not as one would want it. */
  readonly severity: 'ok' | 'warning' | 'fault';
  /** One sentence; of a fault, with what to do about it. */
  readonly text: string;
}

/** Makes findings of one subject. */
export function about(subject: Subject) {
  const of =
    (severity: Finding['severity']) =>
    (text: string): Finding => ({ subject, severity, text });
  return { ok: of('ok'), warning: of('warning'), fault: of('fault') };
}
