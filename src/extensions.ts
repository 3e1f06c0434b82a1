import type { Type } from '@nestjs/common';

/**
 * The modules of product teams: the one list they append to. For an example see libs/extensions/bot-filter, which is
 * tested but not on: `import { BotFilterModule } from '@extensions/bot-filter';` and its name here switch it on.
 */
export const EXTENSIONS: readonly Type[] = [];
