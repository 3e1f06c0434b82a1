import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { CaptureError, RepeatedLine } from '@app/event';
import type { Counter } from 'prom-client';
import { allowsOrigin } from './allows-origin.js';
import { isPlaceholder } from './placeholder.js';
import { PLACEHOLDER_POLICY, type PlaceholderPolicy } from './placeholder-policy.js';
import type { Project } from './project.js';
import { ProjectDirectory } from './project-directory.js';
import { TokenConfig } from './token.config.js';

const PLACEHOLDER_LINE_MS = 600_000;

/** Whether a token's project takes this request; for each token of requests that may carry several. */
@Injectable()
export class ProjectAdmission {
  private readonly logger = new Logger(ProjectAdmission.name);
  private readonly placeholderLine = new RepeatedLine(PLACEHOLDER_LINE_MS);

  constructor(
    private readonly directory: ProjectDirectory,
    private readonly config: TokenConfig,
    @InjectMetric('capture_unknown_tokens_total') private readonly unknownTokens: Counter<'action'>,
    @Inject(PLACEHOLDER_POLICY) private readonly placeholders: PlaceholderPolicy,
  ) {}

  /**
   * @param origin the request's `Origin`, if it comes from a browser
   * @returns the project; undefined when none is known and that is accepted
   * @throws CaptureError `unknown_token`, `forbidden_origin`
   */
  admit(token: string, origin: string | undefined): Project | undefined {
    const project = this.directory.find(token);
    if (project === undefined || project === 'unknown') this.checkPlaceholder(token, project === 'unknown');
    if (project === undefined) return undefined;
    if (project === 'unknown') {
      this.unknown(this.config.unknownTokens, 'no project has this key');
      return undefined;
    }
    // Somebody switched it off: that is known, so only a rehearsal lets it pass.
    if (!project.enabled) this.unknown(this.config.unknownTokens === 'dry_run' ? 'dry_run' : 'reject', 'the project is disabled');
    if (origin !== undefined && project.allowedOrigins.length > 0 && !allowsOrigin(project.allowedOrigins, origin))
      throw new CaptureError('forbidden_origin', "it is not among the project's allowed origins");
    return project;
  }

  /** @param isUnknown a directory that was read lately does not have it */
  private checkPlaceholder(token: string, isUnknown: boolean): void {
    if (!isPlaceholder(token)) return;
    if (isUnknown || (this.placeholders === 'refuse' && this.config.source === 'none'))
      throw new CaptureError('unknown_token', 'it is the placeholder of an example', 'placeholder_token');
    const count = this.placeholderLine.add();
    if (count > 0)
      this.logger.warn(`${count} requests brought the placeholder of an example as their key: their events are in nobody's project`);
  }

  private unknown(action: TokenConfig['unknownTokens'], detail: string): void {
    this.unknownTokens.inc({ action });
    if (action === 'reject') throw new CaptureError('unknown_token', detail);
  }
}
