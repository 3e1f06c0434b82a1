import { IsIn, registerDecorator } from 'class-validator';
import { Env } from '@app/config';
import type { BatchPolicy } from './normalize-events.js';
import { isTrustedProxies } from './trusted-proxies.js';

const NO_PROXIES: readonly string[] = [];

export class CaptureConfig {
  @Env('BATCH_POLICY', {
    meaning:
      'What one bad event does to its batch: `lenient` drops it alone and names it in the reply, `strict` refuses the whole request.',
  })
  @IsIn(['lenient', 'strict'])
  readonly batchPolicy: BatchPolicy = 'lenient';

  @Env('TRUSTED_PROXIES', {
    kind: 'list',
    meaning:
      'Whose word on the client’s address counts: the number of proxies before this service, or their addresses and networks (`10.0.0.0/8,2001:db8::/32`). Not set: the left-most entry of the forwarding headers, which any client can forge.',
  })
  @AreTrustedProxies()
  readonly trustedProxies: readonly string[] = NO_PROXIES;
}

function AreTrustedProxies(): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'areTrustedProxies',
      target: target.constructor,
      propertyName: String(propertyName),
      options: { message: 'must be a number from 0 to 99, or a list of addresses and networks like 10.0.0.0/8' },
      validator: { validate: (value: unknown) => Array.isArray(value) && isTrustedProxies(value as string[]) },
    });
}
