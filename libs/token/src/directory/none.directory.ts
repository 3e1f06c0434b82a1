import type { Project } from '../project.js';
import { ProjectDirectory, type DirectoryFacts } from '../project-directory.js';

/** No source: a token of the right shape is good enough. */
export class NoDirectory extends ProjectDirectory {
  readonly source = 'none';

  find(): Project | undefined {
    return undefined;
  }

  facts(): DirectoryFacts {
    return { source: this.source, projects: 0, ageSeconds: undefined, isStale: false, unreadable: 0, failure: undefined };
  }
}
