import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from '@app/event';
import { Admission, AdmitAll, FairShare } from '@app/pipeline';
import { ProjectShares } from './fairness/project-shares.js';
import { QuotaConfig } from './quota.config.js';

export interface QuotaOptions {
  /** The validated configuration, by class. */
  readonly config: { get<T extends object>(configClass: new () => T): T };
  /** What all requests under way may hold together, bytes. */
  readonly maxInFlightBytes: number;
}

/** Limits of all kinds. What is not configured is not there: no step of the pipeline, no connection, no timer. */
@Module({})
export class QuotaModule {
  static forRoot({ config, maxInFlightBytes }: QuotaOptions): DynamicModule {
    const share = maxInFlightBytes * config.get(QuotaConfig).inFlightShare;
    return {
      module: QuotaModule,
      global: true,
      providers: [
        { provide: ProjectShares, inject: [Clock], useFactory: (clock: Clock) => new ProjectShares(share, clock) },
        { provide: FairShare, useExisting: ProjectShares },
        { provide: Admission, useClass: AdmitAll },
      ],
      exports: [Admission, FairShare, ProjectShares],
    };
  }
}
