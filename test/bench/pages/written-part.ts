/**
 * A page with one computed part renewed: what stands between `<!-- NAME: written by … -->` and `<!-- end of NAME -->`.
 *
 * @throws Error when the page has no place for it
 */
export function withPart(page: string, name: string, content: string): string {
  const begin = `<!-- ${name}: written by \`npm run bench -- pages\` -->`;
  const end = `<!-- end of ${name} -->`;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page needs the lines ${begin} and ${end}`);
  return `${page.slice(0, from)}${begin}\n\n<!-- prettier-ignore-start -->\n${content}\n<!-- prettier-ignore-end -->\n\n${page.slice(to)}`;
}

/** Of Markdown; the first column is words, the others are numbers. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  return [line(heads), line(heads.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export const thousands = (n: number): string => Math.round(n).toLocaleString('en');
