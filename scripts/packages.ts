import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Free to use in a product, with the notice kept. */
const ALLOWED = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense'];

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly hasInstallScript: boolean;
  /** Used when it is there, and not missed otherwise. */
  readonly isOptional: boolean;
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

/** What the image holds, by the lockfile. */
export function productionPackages(root: string): LockedPackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, { version = '', license = 'unknown', hasInstallScript = false, optional = false }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license,
      hasInstallScript,
      isOptional: optional,
    }));
}

/** `(MIT OR Apache-2.0)` leaves the choice, `MIT AND ISC` does not. */
export function isAllowed(licence: string): boolean {
  const parts = licence.replace(/[()]/g, '').split(/ (OR|AND) /);
  const names = parts.filter((part) => part !== 'OR' && part !== 'AND');
  return parts.includes('AND') ? names.every((name) => ALLOWED.includes(name)) : names.some((name) => ALLOWED.includes(name));
}
