import type { CorpusCase } from './corpus-case.js';

/** The token that only this case uses, so that its messages can be told from others' on a shared topic. */
export function tokenOf({ id }: CorpusCase): string {
  return `phc_${id.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`;
}

/**
 * A case with its placeholders filled in, in every text of it:
 * `{{token}}`, `{{token2}}`; `{{now+1000}}` RFC 3339, `{{nowMs-1000}}` Unix ms (of `now`); `{{repeat:x:200}}`.
 */
export function fillIn(corpusCase: CorpusCase, now: number, token: string = tokenOf(corpusCase)): CorpusCase {
  const fill = (text: string): string =>
    text.includes('{{')
      ? text
          .replaceAll('{{token}}', token)
          .replaceAll('{{token2}}', `${token}_2`)
          .replaceAll(/\{\{now([+-]\d+)?\}\}/g, (_, shift = '0') => new Date(now + Number(shift)).toISOString())
          .replaceAll(/\{\{nowMs([+-]\d+)?\}\}/g, (_, shift = '0') => String(now + Number(shift)))
          .replaceAll(/\{\{repeat:(.+?):(\d+)\}\}/gu, (_, repeated: string, count: string) => repeated.repeat(Number(count)))
      : text;
  return mapTexts(corpusCase, fill) as CorpusCase;
}

/** What a case's gateway is started with: `{{corpus}}` is this directory, for settings that name a file. */
export function fillInEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replaceAll('{{corpus}}', import.meta.dirname)]));
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}
