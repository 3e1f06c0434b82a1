import { IsArray, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, Matches, Min, ValidateNested } from 'class-validator';

export const IP_MODES = ['keep', 'truncate', 'drop', 'hash'] as const;
/** What becomes of a client's address; see docs/privacy.md. */
export type IpMode = (typeof IP_MODES)[number];

export const DNT_MODES = ['ignore', 'anonymise', 'drop'] as const;
/** What the headers `DNT: 1` and `Sec-GPC: 1` do to a request's events. */
export type DntMode = (typeof DNT_MODES)[number];

/** Most accepted events of one resource; undefined is unlimited. */
export class ResourceLimits {
  /** In a calendar month, UTC. */
  @IsOptional()
  @IsInt()
  @Min(0)
  readonly monthly?: number;

  @IsOptional()
  @IsInt()
  @Min(0)
  readonly perMinute?: number;
}

/** By resource. Plain data: the quota room reads and enforces it. */
export class ProjectLimits {
  @IsOptional()
  @IsObject()
  @ValidateNested()
  readonly events?: ResourceLimits;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  readonly recordings?: ResourceLimits;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  readonly exceptions?: ResourceLimits;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  readonly surveys?: ResourceLimits;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  readonly llm_events?: ResourceLimits;
}

/** `https://app.example.com`, with a port if it has one; `*.` before the host stands for any subdomain. */
const ORIGIN = /^(?:[a-z][a-z0-9+.-]*:\/\/(?:\*\.)?[^\s/*]+|null)$/i;

const NO_ORIGINS: readonly string[] = Object.freeze([]);
const NO_LIMITS: ProjectLimits = Object.freeze(new ProjectLimits());

/** A project: its key and what was decided for it. What a source leaves out has the value here. */
export class Project {
  /** The project API key. */
  @IsString()
  @Matches(/^[\x21-\x7e]{1,64}$/, { message: 'token must be 1 to 64 visible ASCII characters' })
  readonly token: string = '';

  /** A disabled project's key is refused like one that nobody knows. */
  @IsBoolean()
  readonly enabled: boolean = true;

  /** Undefined takes the gateway's own `IP_MODE`. */
  @IsOptional()
  @IsIn(IP_MODES)
  readonly ip: IpMode | undefined = undefined;

  /** Origins whose browsers may send; empty allows all. Requests without an `Origin` (servers, apps) are never held against it. */
  @IsArray()
  @Matches(ORIGIN, { each: true, message: 'each of allowedOrigins must be like https://app.example.com or https://*.example.com' })
  readonly allowedOrigins: readonly string[] = NO_ORIGINS;

  /** Everything it sends is an import of old events: it takes the historical lane. */
  @IsBoolean()
  readonly historical: boolean = false;

  @IsIn(DNT_MODES)
  readonly dnt: DntMode = 'ignore';

  @IsObject()
  @ValidateNested()
  readonly limits: ProjectLimits = NO_LIMITS;
}
