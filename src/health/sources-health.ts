import { Injectable } from '@nestjs/common';
import { LimitRefreshes } from '@app/quota';
import { ProjectDirectory } from '@app/token';

/** Where projects and limits are read from. None of them ever keeps a request waiting, or this process from serving. */
@Injectable()
export class SourcesHealth {
  constructor(
    private readonly directory: ProjectDirectory,
    private readonly limits: LimitRefreshes,
  ) {}

  detail(): Record<string, unknown> {
    const { source, projects, ageSeconds, failure } = this.directory.facts();
    const secondsOld = ageSeconds === undefined ? null : Math.round(ageSeconds);
    return {
      projects: { source, projects, secondsOld, ...(failure !== undefined && { failure }) },
      limits: this.limits.overview(),
      ...(this.#failing.length > 0 && { failing: this.#failing }),
    };
  }

  /** For all to read: without the names of keys and files, which the detail has. */
  troubles(): string[] {
    const { failure, projects } = this.directory.facts();
    const failing = this.#failing.length;
    return [
      ...(failure === undefined ? [] : [`projects cannot be read (${failure}): ${projects} stay as they were`]),
      ...(failing === 0 ? [] : [`${failing} ${failing === 1 ? 'source' : 'sources'} of limits cannot be read: they stay as they were`]),
    ];
  }

  get #failing(): string[] {
    return this.limits.all.filter(({ isFailing }) => isFailing).map(({ name }) => name);
  }

  /** Each has been read once, or could not be. */
  isSettled(): boolean {
    const { source, ageSeconds, failure } = this.directory.facts();
    const areProjects = source === 'none' || ageSeconds !== undefined || failure !== undefined;
    return areProjects && this.limits.all.every(({ ageMs, isFailing }) => ageMs !== undefined || isFailing);
  }
}
