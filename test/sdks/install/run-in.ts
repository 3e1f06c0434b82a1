import { spawn } from 'node:child_process';

/**
 * Runs a command in a folder to its end.
 *
 * @throws Error with its last lines when it fails or takes longer than `seconds`
 */
export async function runIn(
  folder: string,
  [command, ...args]: readonly string[],
  seconds: number,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  const status = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? String(code)));
  });
  clearTimeout(timer);
  const output = Buffer.concat(chunks).toString();
  if (status !== '0') throw new Error(`${command} ${args[0] ?? ''} ended with ${status}:\n${output.split('\n').slice(-25).join('\n')}`);
  return output;
}
