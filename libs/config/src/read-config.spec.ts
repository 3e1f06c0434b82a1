import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, MinLength } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { Env, envFields } from './env.js';
import { readConfig } from './read-config.js';

class BaseConfig {
  @Env('PORT', { meaning: 'Port.', aliases: ['OLD_PORT', 'OLDER_PORT'] })
  @IsInt()
  @Min(1)
  @Max(100)
  readonly port: number = 5;
}

class RoomConfig extends BaseConfig {
  @Env('PASSWORD', { meaning: 'Password.', secret: true })
  @MinLength(8)
  @IsString()
  readonly password: string = 'long enough';

  @Env('ON', { meaning: 'On.' })
  @IsBoolean()
  readonly on: boolean = false;

  @Env('NAMES', { meaning: 'Names.' })
  @IsString({ each: true })
  readonly names: string[] = [];

  @Env('LIMIT', { meaning: 'Limit.', kind: 'number' })
  @IsOptional()
  @IsInt()
  readonly limit: number | undefined = undefined;

  @Env('MODE', { meaning: 'Mode.' })
  @IsIn(['a', 'b'])
  readonly mode: 'a' | 'b' = 'a';
}

const read = (env: Record<string, string | undefined>) => readConfig(RoomConfig, env);

describe('envFields', () => {
  it('tells of each property its variable, kind, meaning and names, inherited ones first', () => {
    expect(envFields(RoomConfig).map(({ name, property, kind, secret }) => [name, property, kind, secret])).toEqual([
      ['PORT', 'port', 'number', false],
      ['PASSWORD', 'password', 'text', true],
      ['ON', 'on', 'boolean', false],
      ['NAMES', 'names', 'list', false],
      ['LIMIT', 'limit', 'number', false],
      ['MODE', 'mode', 'text', false],
    ]);
    expect(envFields(RoomConfig)[0]).toMatchObject({ meaning: 'Port.', aliases: ['OLD_PORT', 'OLDER_PORT'] });
  });

  it('adds nothing to the class that it inherits from', () => {
    expect(envFields(BaseConfig).map(({ name }) => name)).toEqual(['PORT']);
    expect(envFields(class Empty {})).toEqual([]);
  });
});

describe('readConfig', () => {
  it('keeps the default of what is not set or empty', () => {
    expect(read({ PORT: '', ON: undefined })).toEqual({ config: new RoomConfig(), problems: [] });
  });

  it.each([
    ['PORT', ' 42 ', 'port', 42],
    ['ON', '1', 'on', true],
    ['ON', 'True', 'on', true],
    ['ON', ' false ', 'on', false],
    ['ON', '0', 'on', false],
    ['NAMES', 'a, b,,c ,', 'names', ['a', 'b', 'c']],
    ['LIMIT', '-7', 'limit', -7],
    ['LIMIT', '7.0', 'limit', 7],
    ['MODE', 'b', 'mode', 'b'],
    ['PASSWORD', ' 12345678', 'password', ' 12345678'],
  ])('reads %s=%j', (name, value, property, expected) => {
    const { config, problems } = read({ [name]: value });
    expect([config[property as keyof RoomConfig], problems]).toEqual([expected, []]);
  });

  it.each([
    ['http://u:hunter2@host', 'http://(secret)@host'],
    ['redis://:hunter2@a@host/1', 'redis://(secret)@host/1'],
    ['me@example.com', 'me@example.com'],
  ])('shows of a wrong %s no password', (value, shown) => {
    expect(read({ MODE: value }).problems.map((problem) => problem.value)).toEqual([shown]);
  });

  it('prefers the name to its aliases, in their order, and passes over empty ones', () => {
    const port = (env: Record<string, string>) => read(env).config.port;
    expect(port({ OLDER_PORT: '9', OLD_PORT: '8', PORT: '7' })).toBe(7);
    expect(port({ OLDER_PORT: '9', OLD_PORT: '8', PORT: '' })).toBe(8);
    expect(port({ OLDER_PORT: '9' })).toBe(9);
  });

  it.each([
    ['PORT', '101', 'it must not be greater than 100'],
    ['PORT', '1e1', 'it must be an integer number'],
    ['PORT', '', undefined],
    ['PORT', ' ', 'it must be an integer number'],
    ['ON', 'constructor', 'it must be a boolean value'],
    ['LIMIT', 'none', 'it must be an integer number'],
    ['MODE', 'c', 'it must be one of the following values: a, b'],
  ])('of %s=%j says what is allowed', (name, value, allowed) => {
    const { problems } = read({ [name]: value });
    expect(problems.map((problem) => [problem.name, problem.value])).toEqual(allowed === undefined ? [] : [[name, value]]);
    if (allowed !== undefined) expect(problems[0].allowed).toContain(allowed);
  });

  it('leaves a message of the room its words', () => {
    class Topics {
      @Env('TOPIC', { meaning: 'Topic.' })
      @Matches(/^[a-z]+$/, { message: 'it must be a topic name' })
      readonly topic: string = 'a';

      @Env('TOPICS', { meaning: 'Topics.' })
      @Matches(/^[a-z]+$/, { each: true })
      readonly topics: string[] = [];
    }
    expect(readConfig(Topics, { TOPIC: '5', TOPICS: 'a,5' }).problems.map(({ allowed }) => allowed)).toEqual([
      'it must be a topic name',
      'each value in it must match /^[a-z]+$/ regular expression',
    ]);
  });

  it('never shows a secret', () => {
    expect(read({ PASSWORD: 'short' }).problems).toEqual([
      { name: 'PASSWORD', value: '(secret)', allowed: 'it must be longer than or equal to 8 characters' },
    ]);
  });
});
