export { BotFilterModule } from './bot-filter.module.js';
export { BotFilter } from './bot-filter.processor.js';
