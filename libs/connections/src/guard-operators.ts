import type { Server } from 'node:http';
import { guardConnections } from './guard-connections.js';

/** A few scrapers, probes and people. */
const MOST_CONNECTIONS = 256;
const PATIENCE_MS = 30_000;
/** Longer than a scraper's connection is kept between two scrapes. */
const IDLE_MS = 120_000;
const MOST_BYTES = 8 * 1024 * 1024;
const HEAD_BYTES = 16 * 1024;

/** What the public listener does for itself, for one that only operators should reach: nobody there may hold up capture. */
export function guardOperators(server: Server): void {
  guardConnections(server, {
    limit: MOST_CONNECTIONS,
    unreadMs: PATIENCE_MS,
    idleMs: IDLE_MS,
    headMs: PATIENCE_MS,
    headsBytes: MOST_BYTES,
    headBytes: HEAD_BYTES,
    pipelinedBytes: MOST_BYTES,
    // No page of another site reads it, and what is refused is no event.
    edge: { corsHeaders: () => ({}), refused: () => {} },
    closed: () => {},
  });
}
