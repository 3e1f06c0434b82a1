import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getToken } from '@willsoto/nestjs-prometheus';
import { RefusalNotes, type CountedBy } from './refusal-notes.js';

/** From now on, a line a minute with what the gateway has refused. */
export function tellRefusals(app: NestFastifyApplication): void {
  const counter = (name: string) => app.get<CountedBy>(getToken(name));
  new RefusalNotes(counter('capture_requests_refused_total'), counter('capture_events_dropped_total'), new Logger('Capture')).start();
}
