// `npm run services [-- COMMAND …]`: the test services for one command, or until Ctrl-C.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startServices } from '../test/services/start-services.ts';

const services = await startServices();
for (const { name, reason } of services.missing) console.log(`MISSING ${name}: ${reason}`);
const [command, ...args] = process.argv.slice(2);
const asked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
if (command === undefined) {
  for (const [name, value] of Object.entries(services.env)) console.log(`export ${name}=${value}`);
  console.log('running until Ctrl-C');
  // Waiting for a signal alone does not keep a process alive.
  const alive = setInterval(() => {}, 60_000);
  await asked;
  clearInterval(alive);
} else {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...services.env } });
  const [code] = await Promise.race([once(child, 'exit'), asked.then(() => once(child, 'exit'))]);
  process.exitCode = code ?? 1;
}
await services.stop();
