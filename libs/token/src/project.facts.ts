import { AdminFacts, ProjectFacts } from '@app/admin';
import { ProjectDirectory } from './project-directory.js';

/** A project's settings as they are in force, and how old they are. */
@AdminFacts('project')
export class DirectoryProjectFacts extends ProjectFacts {
  constructor(private readonly directory: ProjectDirectory) {
    super();
  }

  factsOf(token: string) {
    const found = this.directory.find(token);
    const state = found === undefined ? 'unavailable' : found === 'unknown' ? 'unknown' : found.enabled ? 'enabled' : 'disabled';
    return { state, settings: typeof found === 'object' ? found : undefined, source: this.directory.facts() };
  }

  override overview() {
    return this.directory.facts();
  }
}
