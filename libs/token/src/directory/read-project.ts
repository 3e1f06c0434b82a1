import { validateSync, type ValidationError } from 'class-validator';
import { Project, ProjectLimits, ResourceLimits } from '../project.js';

export interface RecordProblem {
  /** Path within the record: `limits.events.monthly`; empty for the record as a whole. */
  readonly field: string;
  /** What is allowed there. */
  readonly message: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Misspelling `ip` must not leave a project unprotected, so a field that nobody knows is a problem too. */
const VALIDATION = { forbidUnknownValues: false, whitelist: true, forbidNonWhitelisted: true };

/**
 * A record of a source as a project, validated. Null is as good as absent.
 *
 * @param value parsed JSON or YAML
 * @param token where the source has it beside the record; a token within must be the same
 */
export function readProject(value: unknown, token?: string): Project | readonly RecordProblem[] {
  if (!isObject(value)) return [{ field: '', message: 'a project must be an object' }];
  if (token !== undefined && value.token != null && value.token !== token)
    return [{ field: 'token', message: 'must be the key it is stored under, or left out' }];
  const project = Object.assign(new Project(), withoutNulls(value), token === undefined ? {} : { token });
  if (isObject(value.limits)) Object.assign(project, { limits: readLimits(value.limits) });

  const problems = validateSync(project, VALIDATION).flatMap((error) => describe(error));
  return problems.length > 0 ? problems : project;
}

function readLimits(value: Json): ProjectLimits {
  const limits: Record<string, unknown> = new ProjectLimits() as object as Record<string, unknown>;
  for (const [resource, limit] of Object.entries(value)) {
    if (limit === null) continue;
    limits[resource] = isObject(limit) ? Object.assign(new ResourceLimits(), withoutNulls(limit)) : limit;
  }
  return limits;
}

function describe(error: ValidationError, path = ''): readonly RecordProblem[] {
  const field = path + error.property;
  const own = Object.entries(error.constraints ?? {}).map(([rule, text]) => ({
    field,
    // Without "limits.events must be…" at the front: the field is named before it.
    message: rule === 'whitelistValidation' ? 'is not a setting' : withoutName(text, error.property),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => describe(child, `${field}.`))];
}

function withoutName(text: string, property: string): string {
  const start = [`${property} `, `each value in ${property} `, `nested property ${property} `].find((name) => text.startsWith(name));
  return start === undefined ? text : text.slice(start.length);
}

function withoutNulls(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
