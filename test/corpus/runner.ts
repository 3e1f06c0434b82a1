/** The corpus, without a transport: builds requests, compares what came back. Whoever runs it sends and reads. */
export type { CorpusCase, SeenMessage, WireAnswer, WireRequest } from './corpus-case.js';
export { buildRequest, sentEvents } from './build-request.js';
export { compareAnswer, compareCase } from './compare.js';
export { encodeBody } from './encode-body.js';
export { fillIn, fillInEnv, tokenOf } from './fill-in.js';
export { goldenLine } from './golden.js';
export { groupByEnv, isRun, readCorpus, tally, type CorpusFile } from './read-corpus.js';
