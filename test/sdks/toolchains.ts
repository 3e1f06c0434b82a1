import { chromiumCommand } from '../browser/chromium.ts';
import { isOnPath } from '../services/commands.ts';
import type { Toolchain } from './client.ts';

const COMMANDS: Record<Exclude<Toolchain, 'chromium'>, readonly string[]> = {
  node: ['npm'],
  python: ['python3'],
  go: ['go'],
  java: ['java', 'javac', 'mvn'],
  rust: ['cargo'],
};

/** Why this machine cannot run such a client; undefined when it can. */
export async function whyNot(toolchain: Toolchain): Promise<string | undefined> {
  if (toolchain === 'chromium') {
    return chromiumCommand().then(
      () => undefined,
      (error: Error) => error.message,
    );
  }
  const missing = COMMANDS[toolchain].filter((command) => !isOnPath(command));
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not on the path`;
}
