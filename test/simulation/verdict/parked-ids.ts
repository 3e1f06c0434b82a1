import { decodeSpooled, readLog, type Disk } from '@app/spool';
import { idOf } from '../world/books.js';
import { SPOOL_DIRECTORY } from '../world/gateway.js';

/** Messages that lie aside. */
export async function parkedIds(disk: Disk): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const slot of await disk.list(SPOOL_DIRECTORY).catch(() => [])) {
    const folder = `${SPOOL_DIRECTORY}/${slot}/parked`;
    if ((await disk.list(folder).catch(() => [])).length === 0) continue;
    for await (const { payload } of readLog(disk, folder, { onDamage: () => undefined }))
      ids.add(idOf(String(decodeSpooled(payload).message.value)));
  }
  return ids;
}
