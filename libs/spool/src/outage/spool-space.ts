import type { ProducedMessage } from '@app/kafka';
import { tokenOf } from './spooled-message.js';

/** In the order they are given up under pressure; the last one is kept as long as there is room at all. */
export type Class = 'replay' | 'historical' | 'live';

/** Up to which part of the spool a class may fill it. */
const FILL: Readonly<Record<Class, number>> = { replay: 0.8, historical: 0.9, live: 1 };

export interface SpaceLimits {
  readonly maxBytes: number;
  /** Part of `maxBytes` that one project may take. */
  readonly projectShare: number;
  readonly classOf: (topic: string) => Class;
}

/** Who may still store what. Bytes of a project are those that wait, bytes of the spool those on disk. */
export class SpoolSpace {
  constructor(
    private readonly limits: SpaceLimits,
    private readonly onDisk: () => number,
    /** Bytes of a project that wait. */
    private readonly heldBy: (token: string) => number,
  ) {}

  /** Why there is no room for a message, a metric's label; undefined when there is. `more`: bytes just promised to others. */
  refusal(message: ProducedMessage, bytes: number, more = 0): string | undefined {
    const { maxBytes, projectShare, classOf } = this.limits;
    const kind = classOf(message.topic);
    if (this.onDisk() + more + bytes > maxBytes * FILL[kind]) return kind === 'live' ? 'full' : `shed_${kind}`;
    const token = tokenOf(message);
    if (token !== '' && this.heldBy(token) + bytes > maxBytes * projectShare) return 'project_share';
    return undefined;
  }
}
