import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';

export const VALUES_START = '<!-- values: written by `npm run config -- --write` -->';
export const VALUES_END = '<!-- end of values -->';

interface Row {
  readonly name: string;
  readonly value: unknown;
  readonly meaning: string;
}

/** The chart's README with the table of values.yaml between its markers. */
export function withValuesTable(readme: string, values: string): string {
  const [before, rest] = readme.split(VALUES_START);
  const after = rest?.split(VALUES_END)[1];
  if (after === undefined) throw new Error('helm/README.md lacks the markers of the table of values');
  const lines = rowsOf(parseDocument(values).contents as YAMLMap).map(
    ({ name, value, meaning }) => `| \`${name}\` | \`${JSON.stringify(value)}\` | ${meaning.replaceAll('|', '\\|')} |`,
  );
  const table = ['| value | default | meaning |', '| --- | --- | --- |', ...lines].join('\n');
  return `${before}${VALUES_START}\n\n<!-- prettier-ignore-start -->\n${table}\n<!-- prettier-ignore-end -->\n\n${VALUES_END}${after}`;
}

/** A value with a `# --` comment is a row; a map without one is looked into. */
export function rowsOf(map: YAMLMap, prefix = ''): Row[] {
  return map.items.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) return [];
    const name = `${prefix}${String(key.value)}`;
    // The comment before a map's first key belongs to the map, as the parser sees it.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : undefined);
    const meaning = comment
      ?.split('\n')
      .findLast((line) => line.startsWith(' -- '))
      ?.slice(4);
    if (meaning !== undefined) return [{ name, value: (value as { toJSON(): unknown }).toJSON(), meaning }];
    if (isMap(value)) return rowsOf(value, `${name}.`);
    throw new Error(`values.yaml: ${name} has no comment`);
  });
}
