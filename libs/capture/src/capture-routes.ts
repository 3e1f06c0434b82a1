import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { CAPTURE_ENDPOINT } from './capture-endpoint.js';

/** Which route templates take capture payloads: the core's and every product team's `@CaptureEndpoint`. */
@Injectable()
export class CaptureRoutes implements OnModuleInit {
  private readonly templates = new Set<string>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    for (const { metatype } of this.discovery.getControllers()) {
      const paths = metatype ? this.reflector.get<readonly string[] | undefined>(CAPTURE_ENDPOINT, metatype) : undefined;
      for (const path of paths ?? []) this.templates.add(`/${path}`);
    }
  }

  has(template: string | undefined): boolean {
    return template !== undefined && this.templates.has(template);
  }
}
