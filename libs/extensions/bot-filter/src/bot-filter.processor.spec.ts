import { describe, expect, it } from 'vitest';
import { aContext, anEvent } from '@app/testing';
import { BotFilter } from './bot-filter.processor.js';

const filter = (userAgent: string) => new BotFilter().process(anEvent(), aContext({ userAgent }));

describe('BotFilter', () => {
  it.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (compatible; AhrefsBot/7.0)',
    'facebookexternalhit/1.1 Crawler',
    'Baiduspider/2.0',
  ])('discards what %s sends', (userAgent) => {
    expect(filter(userAgent)).toMatchObject({ cause: 'bot_traffic', rejection: undefined });
  });

  it.each(['Mozilla/5.0 (Windows NT 10.0) Chrome/142.0', 'Mozilla/5.0 (Linux; Android 14; CUBOT NOTE 50)', 'posthog-node/5.70.0', ''])(
    'lets %j through, unchanged',
    (userAgent) => {
      expect(filter(userAgent)).toEqual(anEvent());
    },
  );
});
