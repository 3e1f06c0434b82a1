import { Module } from '@nestjs/common';
import { BotFilter } from './bot-filter.processor.js';

@Module({ providers: [BotFilter] })
export class BotFilterModule {}
