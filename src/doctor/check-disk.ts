import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileSystemOf, SpoolConfig, type FileSystem } from '@app/spool';
import { GatewayConfig } from '../config/gateway.config.js';
import type { Config } from '../config/load-config.js';
import { about, type Finding } from './finding.js';

const { ok, warning, fault } = about('disk');
const GB = 1e9;

export async function checkDisk(config: Config): Promise<Finding[]> {
  const spool = config.get(SpoolConfig);
  const isEmbedded = config.get(GatewayConfig).output === 'embedded';
  if (!isEmbedded && spool.spoolMedium === 'off') return [warning('SPOOL_MEDIUM=off: during outages every request is answered 503')];
  const directory = resolve(isEmbedded ? join(spool.dataDir, 'log') : (spool.spoolDir ?? join(spool.dataDir, 'spool')));
  const variable = !isEmbedded && spool.spoolDir !== undefined ? 'SPOOL_DIR' : 'DATA_DIR';
  const place = nearestExisting(directory);
  const refusal = await tryToWrite(place);
  // A spool that has filled its disk is to be drained, not to be kept from it.
  if (refusal !== undefined && refusal !== 'ENOSPC')
    return [fault(`${place} (${variable}) cannot be written (${refusal}); give it to the gateway's user, or name another one`)];
  const { bavail, bsize } = await statfs(place);
  const [limit, wanted] = isEmbedded ? logLimitOf(spool) : (['SPOOL_MAX_BYTES', spool.spoolMaxBytes] as const);
  return [
    ...judgeMedium(directory, await fileSystemOf(place), isEmbedded || spool.spoolMedium === 'persistent'),
    judgeRoom(bavail * bsize, await bytesIn(directory), wanted, limit),
  ];
}

/** Without a limit of its own the log takes a part of what is there. */
function logLimitOf({ embeddedMaxBytes, embeddedRetentionBytes }: SpoolConfig): readonly [string, number] {
  if (embeddedMaxBytes !== undefined) return ['EMBEDDED_LOG_MAX_BYTES', embeddedMaxBytes];
  return ['EMBEDDED_LOG_RETENTION_BYTES', embeddedRetentionBytes ?? 0];
}

export function judgeMedium(directory: string, { kind, name }: FileSystem, mustLast: boolean): Finding[] {
  if (kind === 'network')
    return [fault(`${directory} is on ${name}, whose locks and fsync cannot be relied on; use a disk or a block volume`)];
  if (kind === 'memory' && mustLast)
    return [fault(`${directory} is in memory (${name}), so events are lost with the pod; use a volume, or say SPOOL_MEDIUM=ephemeral`)];
  return [ok(`${directory} can be written`)];
}

/**
 * @param stored what an earlier process has left there: room that the setting counts
 * @param limit the setting that says how much may be stored
 */
export function judgeRoom(free: number, stored: number, wanted: number, limit: string): Finding {
  const room = `${(free / GB).toFixed(1)} GB are free${stored > 0 ? ` beside ${(stored / GB).toFixed(1)} GB of its own` : ''}`;
  if (free + stored >= wanted * 1.1) return ok(room);
  const text = `${room}, but ${limit} is ${(wanted / GB).toFixed(1)} GB and wants a tenth more; enlarge the volume or lower the setting`;
  return free + stored >= wanted * 0.5 ? warning(text) : fault(text);
}

/** Of all files below it; nothing where it is not there. */
async function bytesIn(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  // Segments may be deleted meanwhile.
  const sizes = await Promise.all(files.map(({ parentPath, name }) => stat(join(parentPath, name)).catch(() => undefined)));
  return sizes.reduce((sum, file) => sum + (file?.size ?? 0), 0);
}

function nearestExisting(directory: string): string {
  return existsSync(directory) ? directory : nearestExisting(dirname(directory));
}

/** @returns the system's name of why not */
async function tryToWrite(directory: string): Promise<string | undefined> {
  const file = join(directory, `.doctor-${randomUUID()}`);
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.write('x');
    await handle.datasync();
    await handle.close();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}
