import { Project } from '../project.js';
import { protectedProject } from './last-good.js';
import { parseProjectsFile, type FileRecord } from './projects-file.js';
import { readProject } from './read-project.js';

export interface FileVersion {
  readonly projects: ReadonlyMap<string, Project>;
  /** One line each: where in the file, which field, what is allowed there. */
  readonly problems: readonly string[];
  /** Records that could not be read. */
  readonly unreadable: number;
}

/**
 * All projects of a file. A record that can't be read keeps its project as it was in `last`, by its token; one that
 * never could be is accepted with the strictest IP mode.
 *
 * @throws ProjectsFileError when the file as a whole can't be read: then `last` stays
 */
export function readVersion(text: string, last: ReadonlyMap<string, Project>): FileVersion {
  const projects = new Map<string, Project>();
  const problems: string[] = [];
  let unreadable = 0;
  for (const record of parseProjectsFile(text)) {
    const read = readProject(record.value);
    const token = read instanceof Project ? read.token : tokenOf(record.value);
    if (!(read instanceof Project)) {
      unreadable++;
      problems.push(...read.map(({ field, message }) => `${place(record, field)}: ${message}`));
    }
    if (token === undefined) continue;
    if (projects.has(token)) problems.push(`${place(record, 'token')}: the same key again; the later record counts`);
    projects.set(token, read instanceof Project ? read : (last.get(token) ?? protectedProject(token)));
  }
  return { projects, problems, unreadable };
}

function place(record: FileRecord, field: string): string {
  return `line ${record.lineOf(field)}, projects[${record.index}]${field && '.'}${field}`;
}

function tokenOf(value: unknown): string | undefined {
  const token = (value as { token?: unknown } | null)?.token;
  return typeof token === 'string' && token !== '' ? token : undefined;
}
