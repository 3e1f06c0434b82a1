import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Clock } from '@app/event';
import { RedisConnections } from '@app/redis';
import { openDirectory } from './open-directory.js';
import { DirectoryProjectFacts } from './project.facts.js';
import { PLACEHOLDER_POLICY, type PlaceholderPolicy } from './placeholder-policy.js';
import { ProjectAdmission } from './project-admission.js';
import { ProjectDirectory } from './project-directory.js';
import { ProjectGauges } from './project-gauges.js';
import { TokenConfig } from './token.config.js';
import { TokenGuard } from './token.guard.js';

/** Global, so that a product team's capture endpoint gets its guard without importing anything. */
@Global()
@Module({
  providers: [
    { provide: ProjectDirectory, inject: [TokenConfig, Clock, RedisConnections], useFactory: openDirectory },
    ProjectAdmission,
    ProjectGauges,
    DirectoryProjectFacts,
    TokenGuard,
  ],
  exports: [ProjectDirectory, ProjectAdmission, TokenGuard],
})
export class TokenModule {
  static forRoot({ placeholders }: { readonly placeholders: PlaceholderPolicy }): DynamicModule {
    return { module: TokenModule, providers: [{ provide: PLACEHOLDER_POLICY, useValue: placeholders }] };
  }
}
