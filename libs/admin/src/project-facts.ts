import { Injectable, applyDecorators, SetMetadata } from '@nestjs/common';

export const FACTS_NAME = 'inlet:project-facts';

/**
 * What one room believes of projects. The admin listener finds every provider with `@AdminFacts(name)` at boot and shows
 * its answers under that name, without knowing the room. Answers are JSON, from memory, without a client's address.
 */
export abstract class ProjectFacts {
  /** For `GET /_projects/<token>`; undefined leaves the name out. */
  abstract factsOf(token: string): unknown;

  /** For `GET /_projects`: of all projects together (age of a source, the busiest projects); undefined leaves it out. */
  overview(): unknown {
    return undefined;
  }
}

/** @param name the key in the answers, lower camel case: `project`, `quotas` */
export const AdminFacts = (name: string): ClassDecorator => applyDecorators(Injectable(), SetMetadata(FACTS_NAME, name));
