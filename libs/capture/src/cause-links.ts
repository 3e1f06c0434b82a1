import { Injectable } from '@nestjs/common';
import type { CauseName } from '@app/causes';

/** Where answers say that their causes are explained. */
@Injectable()
export class CauseLinks {
  /** @param docsUrl ends with a slash; a path where the gateway serves the pages itself */
  constructor(private readonly docsUrl: string) {}

  of(cause: CauseName): string {
    return `${this.docsUrl}causes/${cause}`;
  }
}
