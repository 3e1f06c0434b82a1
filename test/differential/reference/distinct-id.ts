import { editedText } from './edits.js';
import { last, parseJson, stringOf, type JsonNode } from './json.js';

const NOTHING: ReadonlySet<JsonNode> = new Set();

/** Decision 13: text of any JSON type; undefined when it is missing or blank. */
export function distinctIdOf(value: JsonNode): string | undefined {
  const text = value.kind === 'string' ? stringOf(value) : canonical(value);
  if (text.trim() === '') return undefined;
  return Array.from(text.replaceAll('\0', '\ufffd')).slice(0, 200).join('').toWellFormed();
}

/** Compact, keys sorted by their bytes, numbers as they were written. */
function canonical({ source }: JsonNode): string {
  const text = editedText(source, parseJson(source, Infinity), NOTHING);
  return write(parseJson(text, Infinity));
}

function write(value: JsonNode): string {
  if (value.kind === 'array') return `[${value.items.map(write).join(',')}]`;
  if (value.kind === 'string') return JSON.stringify(stringOf(value));
  if (value.kind !== 'object') return value.source;
  const keys = [...new Set(value.members.map(({ key }) => key))].sort((a, b) => Buffer.from(a).compare(Buffer.from(b)));
  const members = keys.map((key) => [key, last(value, key)] as const);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${member ? write(member) : ''}`).join(',')}}`;
}
