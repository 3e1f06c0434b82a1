import { STAGES } from './event-processor.js';

/** A mistake in how processors and sinks are put together: found at boot, which it stops, and named. */
abstract class PipelineBootError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

export class RouteWithoutSinkError extends PipelineBootError {
  constructor(route: string, source: string) {
    super(`route '${route}' (from ${source}) has no sink: provide a class with @Sink({ routes: ['${route}'] })`);
  }
}

export class DuplicateSinkError extends PipelineBootError {
  constructor(route: string, first: string, second: string) {
    super(`route '${route}' has two sinks, ${first} and ${second}: a route has exactly one`);
  }
}

export class UnknownStageError extends PipelineBootError {
  constructor(processor: string, stage: string) {
    super(`${processor} asks for stage '${stage}'; the stages are ${STAGES.join(', ')}`);
  }
}

export class ScopedProviderError extends PipelineBootError {
  constructor(provider: string) {
    super(`${provider} is request-scoped: processors and sinks live as long as the process; make it a singleton`);
  }
}

export class MissingMethodError extends PipelineBootError {
  constructor(provider: string, method: string, base: string) {
    super(`${provider} has no ${method}(): extend ${base}`);
  }
}
