import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { findToken } from './find-token.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The project API key of this request: trimmed, of valid shape. */
    token: string;
  }
}

/** Refuses a request whose token is missing, mixed or of the wrong shape; keeps it on the request otherwise. */
@Injectable()
export class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    // Preflights and bare OPTIONS carry nothing; they never touch tokens.
    if (request.scanned !== undefined) request.token = findToken(request.scanned);
    return true;
  }
}
