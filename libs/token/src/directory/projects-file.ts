import { isCollection, isNode, LineCounter, parseDocument, type Document } from 'yaml';

/** The file as a whole can't be used; the message says where and why. */
export class ProjectsFileError extends Error {
  override readonly name = 'ProjectsFileError';
}

export interface FileRecord {
  /** Position in the list, from 0. */
  readonly index: number;
  /** The record as parsed; anything. */
  readonly value: unknown;
  /** The line (from 1) of a field, given as a path within the record: `limits.events.monthly`. */
  lineOf(field: string): number;
}

/**
 * Reads a list of projects, or an object with one under `projects`, from JSON or YAML (of which JSON is a part).
 *
 * @throws ProjectsFileError
 */
export function parseProjectsFile(text: string): readonly FileRecord[] {
  if (text.trim() === '') throw new ProjectsFileError('the file is empty');
  // YAML knows lines, and is fifty times slower: for JSON it is asked only when there is something to complain about.
  let located: Located | undefined;
  const locate = () => (located ??= readYaml(text));
  const root = readJson(text) ?? locate().value;
  const isList = Array.isArray(root);
  const list: unknown = isList ? root : (root as { projects?: unknown } | null)?.projects;
  if (!Array.isArray(list)) throw new ProjectsFileError('line 1: there must be a list of projects, at the top or under "projects"');
  return list.map((value: unknown, index) => ({
    index,
    value,
    lineOf: (field) => lineOf(locate(), [...(isList ? [] : ['projects']), index, ...field.split('.').filter(Boolean)]),
  }));
}

interface Located {
  readonly value: unknown;
  readonly document: Document;
  readonly lines: LineCounter;
}

function readJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readYaml(text: string): Located {
  const lines = new LineCounter();
  // Pretty errors quote the file, and with it the tokens.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw new ProjectsFileError(`line ${lines.linePos(error.pos[0]).line}: ${error.code.toLowerCase().replaceAll('_', ' ')}`);
  try {
    return { value: document.toJS() as unknown, document, lines };
  } catch {
    throw new ProjectsFileError('its aliases (&, *) lead nowhere or multiply');
  }
}

/** The line of the deepest part of `path` that exists. */
function lineOf({ document, lines }: Located, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (!isCollection(parent) || !parent.has(path[length - 1])) continue;
    const node: unknown = parent.get(path[length - 1], true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
