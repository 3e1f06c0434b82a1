import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { SdkConfigController } from './sdk-config.controller.js';
import { Upstream } from './upstream.js';

export interface SdkConfigOptions {
  readonly servesRoutes: boolean;
  /** Must provide `ForwardedClient`. */
  readonly client: readonly Provider[];
}

@Module({})
export class SdkConfigModule {
  static forRoot({ servesRoutes, client }: SdkConfigOptions): DynamicModule {
    return { module: SdkConfigModule, ...(servesRoutes && { controllers: [SdkConfigController], providers: [...client, Upstream] }) };
  }
}
