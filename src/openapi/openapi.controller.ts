import { Controller, Get, Header } from '@nestjs/common';
import { parse } from 'yaml';
import { readOpenapiFile } from './openapi-file.js';

/** The description of all routes. */
@Controller()
export class OpenapiController {
  private readonly yamlText = readOpenapiFile();
  private readonly jsonText = JSON.stringify(parse(this.yamlText));

  @Get('openapi.yaml')
  @Header('content-type', 'application/yaml; charset=utf-8')
  yaml(): string {
    return this.yamlText;
  }

  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  json(): string {
    return this.jsonText;
  }
}
