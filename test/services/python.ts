import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache.ts';
import { installDebianPackages, isOnPath, MissingService, run } from './commands.ts';

const REQUIREMENTS = join(import.meta.dirname, 'python/requirements.txt');

/** The interpreter of a virtual environment with the packages of requirements.txt, made once and kept. */
export async function pythonWithPackages(): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .digest('hex')
    .slice(0, 12);
  const folder = join(await cacheFolder(), `python-${digest}`);
  const python = join(folder, 'bin/python');
  const complete = join(folder, 'complete');
  if (existsSync(complete) && (await works(python))) return python;

  if (!isOnPath('python3') && !(await installDebianPackages(['python3', 'python3-venv']))) {
    throw new MissingService('The Python SDK and the foreign readers need Python 3 (`apt-get install python3 python3-venv`)');
  }
  console.log('services: making a Python environment with posthog and chdb (once)');
  await rm(folder, { recursive: true, force: true });
  await makeEnvironment(folder);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS], 600);
  await writeFile(complete, '');
  return python;
}

/** Debian splits `venv` off its Python: the first try tells. */
async function makeEnvironment(folder: string): Promise<void> {
  try {
    await run('python3', ['-m', 'venv', folder]);
  } catch (error) {
    if (!(await installDebianPackages(['python3-venv']))) {
      throw new MissingService(`Python cannot make a virtual environment (\`apt-get install python3-venv\`): ${(error as Error).message}`);
    }
    await run('python3', ['-m', 'venv', folder]);
  }
}

const works = (python: string): Promise<boolean> =>
  run(python, ['-c', 'import posthog, chdb'], 60).then(
    () => true,
    () => false,
  );
