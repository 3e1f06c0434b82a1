import type { ProjectFacts } from './project-facts.js';

/** What `/_projects` shows; as promises where another process is asked. */
export interface ProjectAnswers {
  /** Of all projects together. */
  overview(): unknown;
  of(token: string): unknown;
}

/** The answers of this process's rooms. */
export function projectAnswers(facts: ReadonlyMap<string, ProjectFacts>): ProjectAnswers {
  return {
    overview: () => fromEach(facts, (room) => room.overview()),
    of: (token) => ({ token, ...fromEach(facts, (room) => room.factsOf(token)) }),
  };
}

/** One room's fault must not hide what the others know. */
function fromEach(facts: ReadonlyMap<string, ProjectFacts>, ask: (room: ProjectFacts) => unknown): Record<string, unknown> {
  const answers: [string, unknown][] = [];
  for (const [name, room] of facts) {
    try {
      answers.push([name, ask(room)]);
    } catch {
      answers.push([name, { error: 'this part could not be asked' }]);
    }
  }
  return Object.fromEntries(answers);
}
