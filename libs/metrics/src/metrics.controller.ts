import { Controller, Get, Header } from '@nestjs/common';
import { register } from 'prom-client';
import { MetricsPage } from './metrics-page.js';

@Controller()
export class MetricsController {
  constructor(private readonly page: MetricsPage) {}

  @Get('metrics')
  @Header('content-type', register.contentType)
  read(): Promise<Buffer> {
    return this.page.read();
  }
}
