import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { findToken } from './find-token.js';
import type { Project } from './project.js';
import { ProjectAdmission } from './project-admission.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The project API key of this request: trimmed, of valid shape. */
    token: string;
    /** The token's project, if one is known. */
    project: Project | undefined;
  }
}

/** Refuses a request whose token is missing, mixed, of the wrong shape or of no project; keeps it on the request otherwise. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(private readonly admission: ProjectAdmission) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    // Preflights and bare OPTIONS carry nothing; they never touch tokens.
    if (request.scanned === undefined) return true;
    request.token = findToken(request.scanned);
    request.project = this.admission.admit(request.token, request.headers.origin);
    return true;
  }
}
