import { installDebianPackages, isOnPath, MissingService, run } from '../services/commands.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of a Chromium: `TEST_CHROMIUM`, one on the path, or Debian's, which is installed if that can be done. */
export async function chromiumCommand(): Promise<string> {
  const given = process.env.TEST_CHROMIUM;
  if (given !== undefined) return given;
  if (!NAMES.some(isOnPath) && !(await installDebianPackages(['chromium'])))
    throw new MissingService('a Chromium is missing: `apt-get install chromium`, or name one in TEST_CHROMIUM');
  const name = NAMES.find(isOnPath) ?? NAMES[0];
  return (await run('which', [name])).trim();
}
