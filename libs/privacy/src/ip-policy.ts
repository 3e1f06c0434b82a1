import { Injectable } from '@nestjs/common';
import type { CaptureContext } from '@app/event';
import { Project, ProjectDirectory, type DntMode, type IpMode } from '@app/token';
import { PrivacyConfig } from './privacy.config.js';

/** Which IP mode an event is under. */
@Injectable()
export class IpPolicy {
  /** Where nobody can tell what the project asked for: protection fails closed. */
  private readonly whenUnavailable: IpMode;

  constructor(
    private readonly directory: ProjectDirectory,
    private readonly config: PrivacyConfig,
  ) {
    this.whenUnavailable = directory.source === 'none' ? config.ipMode : 'drop';
  }

  modeOf(token: string, { doNotTrack }: Pick<CaptureContext, 'doNotTrack'>): IpMode {
    const project = this.directory.find(token);
    if (project === undefined) return this.whenUnavailable;
    if (project === 'unknown') return this.config.ipMode;
    if (doNotTrack && project.dnt !== 'ignore') return 'drop';
    return project.ip ?? this.config.ipMode;
  }

  /** What the browser's wish not to be tracked does; `ignore` when it has none. */
  dntOf(token: string, { doNotTrack }: CaptureContext): DntMode {
    if (!doNotTrack) return 'ignore';
    const project = this.directory.find(token);
    return project instanceof Project ? project.dnt : 'ignore';
  }
}
