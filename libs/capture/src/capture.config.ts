import { IsIn } from 'class-validator';
import { Env } from '@app/config';
import type { BatchPolicy } from './normalize-events.js';

export class CaptureConfig {
  @Env('BATCH_POLICY', {
    meaning:
      'What one bad event does to its batch: `lenient` drops it alone and names it in the reply, `strict` refuses the whole request.',
  })
  @IsIn(['lenient', 'strict'])
  readonly batchPolicy: BatchPolicy = 'lenient';
}
