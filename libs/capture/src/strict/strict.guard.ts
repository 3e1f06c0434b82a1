import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ProjectAdmission } from '@app/token';
import type { FastifyRequest } from 'fastify';

/** Refuses a request whose token is of no project; that it has one of the right shape was seen before its body was looked at. */
@Injectable()
export class StrictGuard implements CanActivate {
  constructor(private readonly projects: ProjectAdmission) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.scanned !== undefined) request.project = this.projects.admit(request.token, request.headers.origin);
    return true;
  }
}
