import { drop, type CaptureContext, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';

const BOT_TRAFFIC = drop('bot_traffic');
/** Most names end so: Googlebot, AhrefsBot, Baiduspider. CUBOT makes phones. */
const BOT_USER_AGENT = /(?<!\bcu)(?:bot|crawler|spider)\b/i;

/** Discards events sent by self-declared crawlers. */
@Processor({ stage: 'filter' })
export class BotFilter extends EventProcessor {
  process(event: CapturedEvent, { userAgent }: CaptureContext) {
    return BOT_USER_AGENT.test(userAgent) ? BOT_TRAFFIC : event;
  }
}
