import { Module, type DynamicModule } from '@nestjs/common';
import { SdkConfigController } from './sdk-config.controller.js';
import { Upstream } from './upstream.js';

export interface SdkConfigOptions {
  readonly servesRoutes: boolean;
}

@Module({})
export class SdkConfigModule {
  static forRoot({ servesRoutes }: SdkConfigOptions): DynamicModule {
    return { module: SdkConfigModule, ...(servesRoutes && { controllers: [SdkConfigController], providers: [Upstream] }) };
  }
}
