import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drive } from '../client.ts';
import { cacheFolder } from '../../services/cache.ts';
import { KNOWN_SET } from '../wire/known-set.ts';
import { DRIVERS, installOnce } from './folder.ts';
import { runIn } from './run-in.ts';

/** @param features of the crate, comma separated; the strict protocol is one, and takes the place of the other */
export async function prepareRust(version: string, driver: string, features = ''): Promise<Drive> {
  const name = `rust-${version}${features && `-${features}`}`;
  const folder = await installOnce(name, async (into) => {
    await mkdir(join(into, 'src'));
  });
  const list = features === '' ? '' : `, features = ["${features.split(',').join('", "')}"]`;
  await writeFile(join(folder, 'Cargo.toml'), manifest(name.replaceAll('.', '-'), `{ version = "=${version}"${list} }`));
  await copyFile(join(DRIVERS, driver, 'main.rs'), join(folder, 'src/main.rs'));
  // One target folder for all: most of what they need is the same.
  const target = join(await cacheFolder(), 'sdks/rust-target');
  await runIn(folder, ['cargo', 'build', '--quiet'], 900, { CARGO_TARGET_DIR: target });
  return async (url, token, modes) => {
    await runIn(folder, [join(target, 'debug', name.replaceAll('.', '-')), url, token, KNOWN_SET, ...modes], 60);
  };
}

const manifest = (name: string, crate: string) => `[package]
name = "${name}"
version = "0.0.0"
edition = "2021"

[dependencies]
posthog-rs = ${crate}
chrono = "0.4"
serde_json = "1"
tokio = { version = "1", features = ["full"] }
uuid = "1"
`;
