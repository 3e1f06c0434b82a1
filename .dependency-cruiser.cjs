/**
 * The house's import rules. Arrows point toward `event`; a room that is not named in a row here may not be imported
 * by it. To let a room import another one, add it to the row and say in the pull request why.
 *
 * @type {Record<string, { may: string[]; because: string }>}
 */
const ROOMS = {
  vector: { may: [], because: 'vector knows bytes alone: what they mean is told by those who call it.' },
  causes: { may: [], because: 'a cause is words: what has it, and where it is told, is known elsewhere.' },
  event: {
    may: ['causes', 'vector'],
    because: 'event is the vocabulary: it imports nothing but what writes its envelope, so that everything can speak it.',
  },
  config: { may: [], because: 'config only knows how a variable is declared, not which rooms declare some.' },
  decoder: {
    may: ['event', 'config', 'connections', 'vector'],
    because: 'decoding is bytes in, spans out: it knows no project, sink or metric, only the connection that the bytes come over.',
  },
  admin: { may: ['event', 'config', 'connections'], because: 'the admin listener shows what rooms tell it, and knows none of them.' },
  connections: { may: ['event', 'config'], because: 'a connection is bytes and answers: what they are about is known behind it.' },
  privacy: {
    may: ['event', 'config', 'decoder', 'pipeline', 'token'],
    because: 'privacy plugs into the seam, and asks the directory for the mode.',
  },
  redis: { may: ['event', 'config'], because: 'redis is a connection: it does not know what is read over it.' },
  token: {
    may: ['causes', 'event', 'config', 'decoder', 'redis', 'admin'],
    because: 'a token is found in what the decoder gives, and its project in a directory; nothing else decides on it.',
  },
  pipeline: { may: ['event', 'config'], because: 'pipeline owns the ports, so it must not know who plugs in.' },
  metrics: {
    may: ['event', 'config', 'connections', 'pipeline', 'kafka', 'spool', 'quota', 'tracing'],
    because: 'metrics implements the ports by which others count; what is counted does not import the counter.',
  },
  capture: {
    may: ['causes', 'event', 'config', 'decoder', 'token', 'pipeline', 'metrics'],
    because: 'capture joins the request to the pipeline, and never sees a sink.',
  },
  kafka: { may: ['event', 'config', 'pipeline', 'vector'], because: 'kafka plugs into the seam exactly as a product team would.' },
  canary: {
    may: ['event', 'config', 'pipeline', 'capture'],
    because: 'a canary takes the way of an event, and is told by the shell what became of it.',
  },
  spool: {
    may: ['event', 'config', 'pipeline', 'kafka'],
    because: 'spool plugs into the seam as a product team would, and implements the store that kafka asks for.',
  },
  quota: {
    may: ['event', 'config', 'pipeline', 'redis', 'token', 'admin'],
    because: 'quota plugs into the seam exactly as a product team would.',
  },
  replay: {
    may: ['event', 'config', 'decoder', 'token', 'pipeline', 'metrics', 'capture'],
    because: 'replay answers the question that capture asks with its SnapshotGrouper, and never sees a sink.',
  },
  'sdk-config': {
    may: ['event', 'config', 'decoder', 'token'],
    because: 'what SDKs ask beside capture must not be able to touch it.',
  },
  tracing: {
    may: ['event', 'config', 'decoder', 'pipeline'],
    because: 'tracing looks on from outside: nothing that is traced knows that it is.',
  },
  testing: {
    may: ['event', 'pipeline'],
    because: 'test helpers build on the vocabulary and the ports alone, so that any room can use them.',
  },
  extensions: {
    may: ['event', 'pipeline', 'capture'],
    because: 'an extension depends on the seam, so that the rooms behind it stay free to change.',
  },
};

/** Specs, and what only they use. */
const SPEC = '\\.spec\\.ts$|^libs/[^/]+/src/testing/';

const roomRules = Object.entries(ROOMS).map(([room, { may, because }]) => ({
  name: `room-${room}`,
  comment: because,
  severity: 'error',
  from: { path: `^libs/${room}/`, pathNot: SPEC },
  to: { path: '^libs/', pathNot: `^libs/(${[room, ...may].join('|')})/` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one thought in two places.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...roomRules,
    {
      name: 'known-rooms',
      comment: 'A new room states here what it may import before it imports it.',
      severity: 'error',
      from: { path: '^libs/', pathNot: `^libs/(${Object.keys(ROOMS).join('|')})/` },
      to: {},
    },
    {
      name: 'event-imports-nothing',
      comment: 'The vocabulary has no I/O and no framework: neither a package nor a Node module.',
      severity: 'error',
      from: { path: '^libs/event/', pathNot: SPEC },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'config-imports-validation-only',
      comment: 'Declaring a variable takes a decorator and a validator, nothing that runs.',
      severity: 'error',
      from: { path: '^libs/config/', pathNot: SPEC },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/(class-validator|reflect-metadata)/' },
    },
    {
      name: 'libs-not-to-src',
      comment: 'The shell composes the rooms; a room that knew the shell could not be tested alone.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^src/' },
    },
    {
      name: 'front-door',
      comment: 'A room is entered through its index.ts, so that the rest of it can change.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: '^libs/$1/|^libs/[^/]+/src/index\\.ts$|^libs/extensions/' },
    },
    {
      name: 'front-door-for-the-rest',
      comment:
        'The shell and the tests use a room as everybody does, through its index.ts; tests have what a room keeps for them beside, and `inlet tail` a door of its own, because the rest of the room takes seconds to load.',
      severity: 'error',
      from: { path: '^(src|test|scripts)/' },
      to: {
        path: '^libs/',
        pathNot: '^libs/([^/]+|extensions/[^/]+)/src/index\\.ts$|^libs/[^/]+/src/testing/index\\.ts$|^libs/spool/src/tail-main\\.ts$',
      },
    },
    {
      name: 'not-own-index',
      comment: 'Inside a room files import each other; going through the own index makes cycles.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/.+' },
      to: { path: '^libs/$1/src/index\\.ts$' },
    },
    {
      name: 'extensions-are-leaves',
      comment: 'Removing an extension is removing its line in src/extensions.ts, so nothing else may know it.',
      severity: 'error',
      from: { path: '^(src|libs|test|scripts)/', pathNot: '^src/extensions\\.ts$|^libs/extensions/' },
      to: { path: '^libs/extensions/' },
    },
    {
      name: 'extensions-apart',
      comment: 'Each extension can be removed by itself.',
      severity: 'error',
      from: { path: '^libs/extensions/([^/]+)/' },
      to: { path: '^libs/extensions/', pathNot: '^libs/extensions/$1/' },
    },
    {
      name: 'no-test-code-in-production',
      comment: 'Test helpers, specs and test services are not in the image.',
      severity: 'error',
      from: { path: '^(src|libs)/', pathNot: `${SPEC}|^libs/testing/` },
      to: { path: `^libs/testing/|^test/|^scripts/|${SPEC}` },
    },
    {
      name: 'not-to-dev-dep',
      comment: 'The image is built without dev dependencies.',
      severity: 'error',
      from: { path: '^(src|libs)/', pathNot: `${SPEC}|^libs/testing/` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-to-undeclared',
      comment: 'A package that only comes along with another one can go with it.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere escapes every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports and that imports nothing is forgotten.',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.d\\.ts$|^scripts/|^test/services/|^test/sdks/drivers/|^test/acceptance/fixtures/.+\\.mjs$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types are arrows too: a room whose types are known is known.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
