import type { Server } from 'node:http';
import { guardConnections } from './guard-connections.js';

/** A few scrapers, probes and people. */
const MOST_CONNECTIONS = 256;
const PATIENCE_MS = 30_000;

/** What the public listener does for itself, for one that only operators should reach: nobody there may hold up capture. */
export function guardOperators(server: Server): void {
  guardConnections(server, {
    limit: MOST_CONNECTIONS,
    unreadMs: PATIENCE_MS,
    // No page of another site reads it, and what is refused is no event.
    edge: { corsHeaders: () => ({}), refused: () => {} },
    closed: () => {},
  });
}
