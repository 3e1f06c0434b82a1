import { BROWSER_CLIENTS } from './browser-clients.ts';
import type { Client } from './client.ts';
import { prepareGo } from './install/go.ts';
import { prepareJava } from './install/java.ts';
import { prepareNode } from './install/npm.ts';
import { preparePython } from './install/python.ts';
import { prepareRust } from './install/rust.ts';

const GIVEN = { takesTime: true, takesUuid: true };
/** posthog-rs refuses times that have not come yet. */
const NO_FUTURE = { skips: ['k-11'], extra: ['groups'] };

/** This protocol takes ids of 200 bytes at most, and says so. */
const STRICT = { refused: ['k-5'] };
const STRICT_REACTIONS = { 400: 'dropped', 413: 'dropped', 503: 'resent', retry: 'resent' } as const;

export const CLIENTS: readonly Client[] = [
  ...BROWSER_CLIENTS,

  node('node-1', '1.3.0', '', { takesUuid: false, extra: ['surrogates', 'groups'] }, { 413: 'dropped', 503: 'resent' }),
  node('node-2', '2.6.0', '', { takesUuid: false, extra: ['surrogates', 'groups'] }, { 503: 'resent' }),
  node('node-3', '3.6.3', '', { extra: ['surrogates', 'groups'] }, { 503: 'resent' }),
  node('node-3-historical', '3.6.3', 'historical', { extra: ['surrogates', 'groups'] }, {}),
  node('node-5', '5.70.0', '', {}, { 204: 'accepted', 400: 'dropped', 408: 'resent', 413: 'halved', 503: 'resent' }),
  node('node-5-plain', '5.70.0', 'plain', {}, {}),
  node('node-5-historical', '5.70.0', 'historical', {}, {}),
  node('node-5-immediate', '5.70.0', 'immediate', { extra: ['surrogates', 'groups'] }, { 503: 'resent' }),
  node('node-5-strict', '5.70.0', 'v1', STRICT, STRICT_REACTIONS),
  node('node-5-strict-plain', '5.70.0', 'v1,plain', STRICT, {}),

  python('python-1', '1.4.9', '', {}, {}),
  python('python-1-gzip', '1.4.9', 'gzip', {}, {}),
  python('python-2', '2.5.0', '', {}, { 413: 'dropped', 503: 'resent' }),
  python('python-2-gzip', '2.5.0', 'gzip', {}, {}),
  python('python-3', '3.25.0', '', {}, { 204: 'sent twice', 413: 'dropped', 503: 'resent' }),
  python('python-3-gzip', '3.25.0', 'gzip', {}, {}),
  python('python-3-historical', '3.25.0', 'historical', {}, {}),
  python('python-3-nan', '3.25.0', 'nan', { extra: ['surrogates', 'types', 'groups', 'nan'] }, {}),
  python('python-7', '7.91.1', '', {}, { 204: 'sent twice', 400: 'dropped', 408: 'resent', 413: 'dropped', 503: 'resent' }),
  python('python-7-gzip', '7.91.1', 'gzip', {}, {}),
  python('python-7-historical', '7.91.1', 'historical', {}, {}),
  python('python-7-nan', '7.91.1', 'nan', { extra: ['surrogates', 'types', 'groups', 'nan'] }, {}),
  python('python-7-strict', '7.91.1', 'v1', STRICT, STRICT_REACTIONS),
  python('python-7-strict-gzip', '7.91.1', 'v1:gzip', STRICT, {}),
  python('python-7-strict-deflate', '7.91.1', 'v1:deflate', STRICT, {}),
  python('python-7-strict-zstd', '7.91.1', 'v1:zstd', STRICT, {}),

  go('go-1.2', '1.2.24', '', { 413: 'resent', 503: 'resent' }),
  go('go-1.5', '1.5.2', '', { 204: 'accepted', 413: 'resent', 503: 'resent' }),
  go('go-1.5-historical', '1.5.2', 'historical', {}),

  {
    name: 'java',
    sdk: 'com.posthog.java:posthog',
    version: '1.2.0',
    use: '',
    toolchain: 'java',
    modes: [],
    prepare: () => prepareJava('com.posthog.java', 'posthog', '1.2.0', 'java-1'),
    rules: { takesTime: false, takesUuid: false },
    reactions: { 408: 'resent', 413: 'dropped', 503: 'resent' },
  },
  {
    name: 'java-server',
    sdk: 'com.posthog:posthog-server',
    version: '2.3.3',
    use: '',
    toolchain: 'java',
    modes: [],
    prepare: () => prepareJava('com.posthog', 'posthog-server', '2.3.3', 'java-server'),
    rules: { takesTime: true, takesUuid: false, extra: ['groups', 'exception'] },
    reactions: { 204: 'accepted', 413: 'dropped', 503: 'resent' },
  },

  {
    name: 'rust-0.3',
    sdk: 'posthog-rs',
    version: '0.3.7',
    use: '',
    toolchain: 'rust',
    modes: [],
    prepare: () => prepareRust('0.3.7', 'rust-0.3'),
    rules: { takesTime: true, takesUuid: false, ...NO_FUTURE },
    reactions: { 503: 'dropped' },
  },
  rust('rust-0.30', '', { 204: 'accepted', 413: 'dropped', 503: 'resent' }),
  rust('rust-0.30-gzip', 'gzip', {}),
  rust('rust-0.30-historical', 'historical', {}),
  strictRust('plain', STRICT_REACTIONS),
  ...['gzip', 'deflate', 'br', 'zstd'].map((encoding) => strictRust(encoding, {})),
];

function strictRust(encoding: string, reactions: Client['reactions']): Client {
  return {
    ...rust(`rust-0.30-strict-${encoding}`, encoding, reactions),
    use: `strict, ${encoding}`,
    prepare: () => prepareRust('0.30.0', 'rust-0.30', 'capture-v1'),
    rules: { ...GIVEN, ...NO_FUTURE, ...STRICT },
  };
}

function node(name: string, version: string, use: string, rules: Partial<Client['rules']>, reactions: Client['reactions']): Client {
  return {
    name,
    sdk: 'posthog-node',
    version,
    use,
    toolchain: 'node',
    modes: use.split(',').filter(Boolean),
    prepare: () => prepareNode(version),
    rules: { ...GIVEN, hasDoubles: true, extra: ['surrogates', 'groups', 'exception'], ...rules },
    reactions,
  };
}

function python(name: string, version: string, use: string, rules: Partial<Client['rules']>, reactions: Client['reactions']): Client {
  const hasExceptions = Number(version.split('.')[0]) >= 3;
  return {
    name,
    sdk: 'posthog (PyPI)',
    version,
    use,
    toolchain: 'python',
    modes: use.split(',').filter(Boolean),
    prepare: () => preparePython(version, hasExceptions && version.startsWith('7') ? '[zstd]' : ''),
    rules: { ...GIVEN, extra: ['surrogates', 'types', 'groups', ...(hasExceptions ? ['exception'] : [])], ...rules },
    reactions,
  };
}

function go(name: string, version: string, use: string, reactions: Client['reactions']): Client {
  return {
    name,
    sdk: 'posthog-go',
    version,
    use,
    toolchain: 'go',
    modes: use.split(',').filter(Boolean),
    prepare: () => prepareGo(version),
    rules: { ...GIVEN, extra: ['groups'] },
    reactions,
  };
}

function rust(name: string, use: string, reactions: Client['reactions']): Client {
  return {
    name,
    sdk: 'posthog-rs',
    version: '0.30.0',
    use,
    toolchain: 'rust',
    modes: use.split(',').filter(Boolean),
    prepare: () => prepareRust('0.30.0', 'rust-0.30'),
    rules: { ...GIVEN, ...NO_FUTURE },
    reactions,
  };
}
