import type { Refusal } from './cause.js';

/** Refusals that speak of the project's key. */
export const TOKEN_REFUSALS = {
  missing_token: {
    status: 401,
    says: 'event submitted without an api_key',
    label: 'token_shape_invalid',
    title: 'There is no project key',
    means: 'Nobody can tell which project the events belong to, so nothing was stored.',
    who: 'SDKs that were set up without a key, often because an environment variable is missing in a build.',
    remedy: 'Send the key of the project as "api_key" in the body, or on /i/v1 as a Bearer token. It begins with phc_.',
    hint: 'Send the project key as "api_key" in the body, or as a Bearer token on /i/v1',
  },
  mixed_tokens: {
    status: 401,
    says: 'batch submitted with inconsistent api_key values',
    label: 'token_shape_invalid',
    title: 'One request has events of several projects',
    means: 'A request belongs to one project. Nothing of it was stored.',
    who: 'Servers and proxies that put events of several projects into one queue.',
    remedy: 'Send one request for each project.',
    hint: 'Send one request for each project',
  },
  invalid_token: {
    status: 401,
    says: 'API key is not valid',
    label: 'token_shape_invalid',
    title: 'The project key is malformed',
    means: 'A key is 1 to 64 characters of ASCII. What was sent is something else, so nothing was stored.',
    who: 'Variables that hold a whole line, a file or nothing instead of the key.',
    remedy: 'Copy the key again from the settings of the project. It begins with phc_.',
  },
  unknown_token: {
    status: 401,
    says: 'project API key is not valid',
    title: 'No project has this key',
    means: 'The key looks right, and no project that is known here has it, or the project is switched off. Nothing was stored.',
    who: 'Keys of another environment or region, keys that were replaced, keys of projects that were deleted.',
    remedy: 'Compare the key with the one in the settings of the project, and the host with the region of the project.',
    hint: 'Compare it with the key in the settings of the project',
  },
} as const satisfies Record<string, Refusal>;
