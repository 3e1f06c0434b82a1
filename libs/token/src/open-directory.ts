import type { Clock } from '@app/event';
import type { RedisConnections } from '@app/redis';
import { FileDirectory } from './directory/file.directory.js';
import { NoDirectory } from './directory/none.directory.js';
import { RedisDirectory } from './directory/redis.directory.js';
import type { ProjectDirectory } from './project-directory.js';
import type { TokenConfig } from './token.config.js';

/** The directory that the configuration asks for. @throws MissingRedisUrlError */
export function openDirectory(config: TokenConfig, clock: Clock, connections: RedisConnections): ProjectDirectory {
  switch (config.source) {
    case 'none':
      return new NoDirectory();
    case 'file':
      return new FileDirectory(config.projectsFile, clock);
    case 'redis':
      return new RedisDirectory(
        connections.open('PROJECT_SOURCE=redis'),
        connections.openSource('PROJECT_SOURCE=redis', config.refreshMs),
        config,
        clock,
      );
  }
}
