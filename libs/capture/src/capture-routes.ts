import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { CAPTURE_ENDPOINT } from './capture-endpoint.js';
import { nearestRoute } from './nearest-route.js';

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

  /** The route that was probably meant by a path without a route; undefined when none is near. */
  nearest(path: string): string | undefined {
    return nearestRoute(path, this.templates);
  }

  has(template: string | undefined): boolean {
    return template !== undefined && this.templates.has(template);
  }
}
