import { IsInt, IsNotEmpty, IsOptional, IsString, Max, Min, MinLength, ValidateIf } from 'class-validator';
import { Env } from '@app/config';
import { isLoopback } from './loopback.js';

export class AdminConfig {
  @Env('ADMIN_PORT', {
    meaning: 'Port of a second listener for operators (`/_projects`, `/metrics`, health); 0 takes a free one. Off when not set.',
    kind: 'number',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly port?: number;

  @Env('ADMIN_HOST', { meaning: 'Address the admin listener binds to; another one than loopback needs ADMIN_TOKEN.' })
  @IsString()
  @IsNotEmpty()
  readonly host: string = '127.0.0.1';

  @Env('ADMIN_TOKEN', {
    meaning: 'Secret of at least 16 characters that the admin listener wants as `Authorization: Bearer`; health is open to all.',
    secret: true,
  })
  @ValidateIf(({ token, port, host }: AdminConfig) => token !== undefined || (port !== undefined && !isLoopback(host)))
  @IsString({ message: 'an ADMIN_HOST that is not loopback needs it' })
  @MinLength(16, { message: 'it must have at least 16 characters' })
  readonly token?: string;
}
