import type { CorpusCase, SeenMessage } from './corpus-case.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** A character that fills an event up to a limit. */
const FILLING = /([^\\])\1{199,}/gu;

/**
 * A message as one line of JSON in which every byte of its envelope counts: what is under `value` is the envelope's own
 * text. Two things stand for themselves: the random part of a uuid that the gateway made is written as `x`, and what was
 * `{{repeat:…}}` in the request is so again.
 */
export function goldenLine(corpusCase: CorpusCase, { route, key, headers, value }: SeenMessage): string {
  const head = JSON.stringify({ id: corpusCase.id, route, key, headers });
  const line = `${head.slice(0, -1)},"value":${value}}`.replaceAll(
    FILLING,
    (run, one: string) => `{{repeat:${one}:${run.length / one.length}}}`,
  );
  const { uuid, timestamp } = JSON.parse(value) as { uuid: string; timestamp: string };
  return isGenerated(uuid, timestamp, corpusCase) ? line.replaceAll(uuid, `${uuid.slice(0, 15)}xxx-xxxx-xxxxxxxxxxxx`) : line;
}

/** A uuid of version 7 with the event's time that the request does not name in any spelling. */
function isGenerated(uuid: string, timestamp: string, { request }: CorpusCase): boolean {
  const time = Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
  const named = JSON.stringify(request).toLowerCase().replaceAll('-', '');
  return UUID_V7.test(uuid) && time === Math.max(0, Date.parse(timestamp)) && !named.includes(uuid.replaceAll('-', ''));
}
