import { Project } from '../project.js';
import { readProject, type RecordProblem } from './read-project.js';

/** A record of a source, as it was last seen. */
export interface KnownRecord {
  /** Its text, so that a record that did not change is not read again. */
  readonly text: string;
  readonly project: Project;
  /** `project` is older than `text`, which can't be read. */
  readonly isUnreadable: boolean;
}

/**
 * Reads a record; one that can't be read leaves the project as it was. A project that never was readable is accepted
 * with the strictest IP mode: it may well have asked for it, and protection fails closed.
 *
 * @param onProblems told once for each new unreadable text
 */
export function readRecord(
  token: string,
  text: string,
  last: KnownRecord | undefined,
  onProblems: (problems: readonly RecordProblem[]) => void,
): KnownRecord {
  if (last?.text === text) return last;
  const read = parse(token, text);
  if (read instanceof Project) return { text, project: read, isUnreadable: false };
  onProblems(read);
  return { text, project: last?.project ?? protectedProject(token), isUnreadable: true };
}

export function protectedProject(token: string): Project {
  return Object.assign(new Project(), { token, ip: 'drop' as const });
}

function parse(token: string, text: string): Project | readonly RecordProblem[] {
  try {
    return readProject(JSON.parse(text), token);
  } catch {
    // Not the parser's message: it quotes what it read.
    return [{ field: '', message: 'must be JSON' }];
  }
}
