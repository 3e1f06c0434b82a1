import { Logger } from '@nestjs/common';

const MOST_TOLD = 1000;

/** Names each bad record in the log once, however often it is read; never its content, which may be anybody's. */
export class ToldOnce {
  private readonly told = new Set<string>();
  private readonly logger = new Logger('Limits');

  /** @param where the source and the record's place in it; @param why what is wrong */
  tell(where: string, why: string): void {
    const line = `${where}: ${why}; skipped`;
    if (this.told.has(line)) return;
    if (this.told.size >= MOST_TOLD) this.told.clear();
    this.told.add(line);
    this.logger.warn(line);
  }
}
