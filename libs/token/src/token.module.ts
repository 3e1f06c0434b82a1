import { Global, Module } from '@nestjs/common';
import { TokenGuard } from './token.guard.js';

/** Global, so that a product team's capture endpoint gets its guard without importing anything. */
@Global()
@Module({ providers: [TokenGuard], exports: [TokenGuard] })
export class TokenModule {}
