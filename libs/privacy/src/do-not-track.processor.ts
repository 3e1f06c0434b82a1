import { drop, type CaptureContext, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { IpPolicy } from './ip-policy.js';

const DO_NOT_TRACK = drop('do_not_track');

/**
 * Heeds `DNT: 1` and `Sec-GPC: 1` as the project wants: discards the event, or lets it make no person profile (its
 * address goes with the IP mode `drop`). Before quotas: what is discarded is not counted.
 */
@Processor({ stage: 'admit', order: -1, onError: 'drop' })
export class DoNotTrack extends EventProcessor {
  constructor(private readonly policy: IpPolicy) {
    super();
  }

  process(event: CapturedEvent, context: CaptureContext) {
    switch (this.policy.dntOf(event.token, context)) {
      case 'ignore':
        return event;
      case 'anonymise':
        return { ...event, disablePersonProcessing: true };
      case 'drop':
        return DO_NOT_TRACK;
    }
  }
}
