import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitions } from '../chart/set-up.ts';
import { buildImage, saveImage } from '../image/build-image.ts';
import { build } from '../image/containers.ts';
import { kafkaClassPath } from '../services/class-path.ts';
import { installDebianPackages, isOnPath, MissingService } from '../services/commands.ts';
import { CNI_FOLDERS, NODE_ADDRESS, PAUSE_IMAGE } from './addresses.ts';
import { buildPrograms } from './programs.ts';

/** Everything that needs the network; afterwards there is none. @returns variables for the run */
export async function prepare(folder: string): Promise<Record<string, string>> {
  const image = await buildImage();
  await needNodePrograms();
  const programs = await buildPrograms();
  await kafkaClassPath('4.x');
  await saveImage(image, join(folder, 'image.tar'));
  await savePauseImage(join(folder, 'pause.tar'));
  await writeFile(join(folder, 'resolv.conf'), `nameserver ${NODE_ADDRESS}\n`);
  return {
    TEST_CLUSTER_FOLDER: folder,
    TEST_CLUSTER_PROGRAMS: programs.folder,
    TEST_CLUSTER_IMAGE: image,
    TEST_KUBECTL: programs.kubectl,
    TEST_HELM: programs.helm,
    TEST_CRDS: (await definitions()).join(','),
    TEST_HELM3: programs.helm3 ?? '',
  };
}

async function needNodePrograms(): Promise<void> {
  const commands = { catatonit: 'catatonit', ip: 'iproute2', mount: 'mount', unshare: 'util-linux' };
  const missing = Object.entries(commands).filter(([command]) => !isOnPath(command));
  const packages = missing.map(([, name]) => name);
  if (!CNI_FOLDERS.some((folder) => existsSync(join(folder, 'bridge')))) packages.push('containernetworking-plugins');
  if (packages.length > 0 && !(await installDebianPackages(packages)))
    throw new MissingService(`missing, by the names of Debian’s packages: ${packages.join(', ')}`);
}

/** A pod's first container does nothing but hold its namespaces. */
async function savePauseImage(file: string): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'inlet-pause-'));
  try {
    await copyFile('/usr/bin/catatonit', join(context, 'catatonit'));
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY catatonit /catatonit\nENTRYPOINT ["/catatonit", "-P"]\n');
    await build(['--tag', PAUSE_IMAGE, context]);
    await saveImage(PAUSE_IMAGE, file);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
