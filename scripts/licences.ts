// `npm run licences`: every production dependency with version and licence; fails when one is not on the list.
import { join } from 'node:path';
import { isAllowed, productionPackages } from './packages.ts';

const packages = productionPackages(join(import.meta.dirname, '..'));
for (const { name, version, licence } of packages) console.log(`${licence}\t${name}@${version}`);
const odd = packages.filter(({ licence }) => !isAllowed(licence));
for (const { name, licence } of odd) console.error(`${name}: ${licence} is not on the list of scripts/packages.ts`);
process.exitCode = odd.length > 0 ? 1 : 0;
