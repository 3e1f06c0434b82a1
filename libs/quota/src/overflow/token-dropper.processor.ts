import { drop, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { OverflowConfig } from './overflow.config.js';
import { TokenIds } from './token-ids.js';

const TOKEN_DROPPER = drop('token_dropper');

/** Discards what the operator named: a project, or one id of it that floods. */
@Processor({ stage: 'admit' })
export class TokenDropper extends EventProcessor {
  private readonly dropped: TokenIds;

  constructor(config: OverflowConfig) {
    super();
    this.dropped = new TokenIds(config.dropped);
  }

  process(event: CapturedEvent) {
    return this.dropped.has(event) ? TOKEN_DROPPER : event;
  }
}
