import { Injectable } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { FACTS_NAME, ProjectFacts } from './project-facts.js';

/** Stops the boot: a provider with @AdminFacts that gives none, or two of one name. */
export class AdminFactsError extends Error {
  override readonly name = 'AdminFactsError';
}

/** Finds every room's facts. */
@Injectable()
export class FactsExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  /** @throws AdminFactsError */
  explore(): ReadonlyMap<string, ProjectFacts> {
    const facts = new Map<string, ProjectFacts>();
    for (const { instance, metatype } of this.discovery.getProviders() as { instance: unknown; metatype: unknown }[]) {
      // The class of the instance counts: a factory may have made it.
      const marked = (instance as object | undefined)?.constructor ?? metatype;
      const name = typeof marked === 'function' ? this.reflector.get<string | undefined>(FACTS_NAME, marked) : undefined;
      if (name === undefined) continue;
      if (!(instance instanceof ProjectFacts))
        throw new AdminFactsError(`@AdminFacts('${name}') is on a class that does not extend ProjectFacts`);
      const other = facts.get(name);
      if (other !== undefined && other !== instance) throw new AdminFactsError(`two classes have @AdminFacts('${name}')`);
      facts.set(name, instance);
    }
    return facts;
  }
}
