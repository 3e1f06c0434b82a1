import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '@app/event';
import type { Project } from '../project.js';
import { ProjectDirectory, type DirectoryFacts } from '../project-directory.js';
import { readVersion, type FileVersion } from './file-projects.js';
import { ProjectsFileError } from './projects-file.js';

const POLL_MS = 1000;
const NOTHING: FileVersion = { projects: new Map(), problems: [], unreadable: 0 };

/**
 * Projects from a file. It is looked at once a second, because the file of a Kubernetes ConfigMap is swapped by a link
 * that file watchers do not see; and read once it stands still, because editors write in pieces.
 */
export class FileDirectory extends ProjectDirectory implements OnApplicationShutdown {
  readonly source = 'file';
  private readonly logger = new Logger('Projects');
  private readonly timer: NodeJS.Timeout;
  private version = NOTHING;
  /** Monotonic; undefined until the first success. */
  private readAt: number | undefined;
  private failure: string | undefined;
  /** How the file looked when it was last read, and at the last poll. */
  private readStamp = '';
  private seenStamp = '';
  private isStopped = false;

  constructor(
    private readonly path: string,
    private readonly clock: Clock,
    pollMs = POLL_MS,
  ) {
    super();
    // The only read that blocks: nobody is waiting yet, and the first request finds its project.
    this.use(() => readFileSync(path, 'utf8'));
    this.timer = setInterval(() => void this.poll(), pollMs).unref();
  }

  find(token: string): Project | 'unknown' | undefined {
    const project = this.version.projects.get(token);
    if (project !== undefined) return project;
    // A bad edit may be the one that adds this project.
    return this.isStale() ? undefined : 'unknown';
  }

  facts(): DirectoryFacts {
    const { projects, unreadable } = this.version;
    const age = this.readAt === undefined ? undefined : (this.clock.monotonic() - this.readAt) / 1000;
    return { source: this.source, projects: projects.size, ageSeconds: age, isStale: this.isStale(), unreadable, failure: this.failure };
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  private isStale(): boolean {
    return this.failure !== undefined;
  }

  private async poll(): Promise<void> {
    try {
      const { mtimeMs, size, ino } = await stat(this.path);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      const isSettled = stamp === this.seenStamp;
      this.seenStamp = stamp;
      if (!isSettled) return;
      if (stamp === this.readStamp) {
        if (this.failure === undefined) this.readAt = this.clock.monotonic();
        return;
      }
      const text = await readFile(this.path, 'utf8');
      this.readStamp = stamp;
      this.use(() => text);
    } catch (error) {
      this.readStamp = '';
      this.failed(error);
    }
  }

  private use(read: () => string): void {
    try {
      const isFirst = this.readAt === undefined;
      this.version = readVersion(read(), this.version.projects);
      this.readAt = this.clock.monotonic();
      this.failure = undefined;
      for (const problem of this.version.problems) this.logger.warn(`${this.path} ${problem}`);
      this.logger.log(`${this.version.projects.size} projects ${isFirst ? 'read' : 'read again'} from ${this.path}`);
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    if (this.isStopped) return;
    const failure = error instanceof ProjectsFileError ? error.message : ((error as NodeJS.ErrnoException).code ?? 'failed');
    if (failure !== this.failure) this.logger.error(this.textOf(failure));
    this.failure = failure;
  }

  private textOf(failure: string): string {
    if (this.readAt === undefined)
      return `PROJECTS_FILE=${this.path} cannot be read (${failure}): no project is known, and every token is accepted until it can`;
    return `${this.path} ${failure}; ${this.version.projects.size} projects stay as they were, unknown tokens are accepted`;
  }
}
