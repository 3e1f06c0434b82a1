import { SharedReads, type SharedRead } from '@app/redis';
import type { Conversation } from './conversation.js';

/** A worker's sources: what the primary has read; what it cannot say, is read here. */
export class ReadsByPrimary extends SharedReads {
  constructor(private readonly primary: Pick<Conversation, 'ask'>) {
    super();
  }

  read(read: SharedRead, own: () => Promise<unknown>): Promise<unknown> {
    return this.primary.ask({ about: 'source', read }).catch(own);
  }
}
