import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { CaptureError } from '@app/event';
import { FairShare } from '@app/pipeline';
import type { FastifyRequest } from 'fastify';

/** Refuses for now what would give one project more than its share of the bytes in flight. Runs once the token is known. */
@Injectable()
export class FairShareGuard implements CanActivate {
  constructor(private readonly shares: FairShare) {}

  canActivate(context: ExecutionContext): boolean {
    const { token, reservation } = context.switchToHttp().getRequest<FastifyRequest>();
    if (reservation === undefined) return true;
    const bytes = reservation.held;
    if (!this.shares.enter(token, bytes)) throw new CaptureError('transient', 'too many bytes of this project in flight');
    reservation.whenReleased(() => this.shares.leave(token, bytes));
    return true;
  }
}
