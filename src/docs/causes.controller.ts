import { Controller, Get, Header, NotFoundException, Param, Req } from '@nestjs/common';
import { CAUSE_NAMES } from '@app/causes';
import type { FastifyRequest } from 'fastify';
import { causeIndex, causePage, PAGE_POLICY } from './cause-page.js';

const HTML = 'text/html; charset=utf-8';

/** The pages that answers link to: static, made once. */
@Controller('docs/causes')
export class CausesController {
  private readonly index = causeIndex('./');
  /** A browser takes the last part of the path away before it follows a link. */
  private readonly indexWithoutSlash = causeIndex('causes/');
  private readonly pages = new Map<string, string>(CAUSE_NAMES.map((name) => [name, causePage(name)]));

  @Get()
  @Header('content-type', HTML)
  @Header('content-security-policy', PAGE_POLICY)
  @Header('cache-control', 'max-age=3600')
  all(@Req() { url }: FastifyRequest): string {
    return url.split('?', 1)[0].endsWith('/') ? this.index : this.indexWithoutSlash;
  }

  @Get(':cause')
  @Header('content-type', HTML)
  @Header('content-security-policy', PAGE_POLICY)
  @Header('cache-control', 'max-age=3600')
  one(@Param('cause') cause: string): string {
    const page = this.pages.get(cause);
    if (page === undefined) throw new NotFoundException();
    return page;
  }
}
