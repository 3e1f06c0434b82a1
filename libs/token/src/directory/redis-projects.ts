import type { RedisSource } from '@app/redis';
import type { Project } from '../project.js';
import { readRecord, type KnownRecord } from './last-good.js';
import { masked } from './masked.js';
import { scanHash } from './scan-hash.js';

/** The source answered, but not with projects. */
export class NoProjectsError extends Error {
  override readonly name = 'NoProjectsError';
}

/**
 * The projects of a Redis hash (token to JSON) in memory. A refresh makes a new version beside the old one and puts it
 * in its place when it is whole; one that fails half way changes nothing.
 */
export class RedisProjects {
  private records = new Map<string, KnownRecord>();
  /** What single look-ups found while a refresh was under way: it may have missed them. */
  private late: Map<string, KnownRecord> | undefined;
  private version: string | undefined;
  unreadable = 0;

  constructor(
    private readonly redis: RedisSource,
    private readonly key: string,
    private readonly warn: (text: string) => void,
  ) {}

  get size(): number {
    return this.records.size;
  }

  find(token: string): Project | undefined {
    return this.records.get(token)?.project;
  }

  /**
   * Reads all records, unless the source says that none has changed since: whoever writes may keep a counter in
   * `<key>:version` and raise it after each change.
   *
   * @param isForced reads all whatever the counter says
   * @throws whatever Redis answers; NoProjectsError for an empty hash: rather a lost one than a gateway without projects
   */
  async refresh(isForced: boolean): Promise<void> {
    // Asked first: what is written during the scan then makes the next refresh read again.
    const version = (await this.redis.get(`${this.key}:version`)) ?? undefined;
    if (!isForced && version !== undefined && version === this.version) return;
    const late = (this.late = new Map<string, KnownRecord>());
    try {
      const records = new Map<string, KnownRecord>();
      let unreadable = 0;
      for await (const flat of scanHash(this.redis, this.key, version)) {
        for (let i = 0; i + 1 < flat.length; i += 2) {
          // A scan may give a field twice.
          if (!records.has(flat[i]) && this.read(flat[i], flat[i + 1], records).isUnreadable) unreadable++;
        }
      }
      if (records.size === 0) throw new NoProjectsError('it holds no project');
      for (const [token, record] of late) if (!records.has(token)) records.set(token, record);
      this.records = records;
      this.version = version;
      this.unreadable = unreadable;
    } finally {
      this.late = undefined;
    }
  }

  /** Asks for projects that are not known yet. */
  async lookUp(tokens: readonly string[]): Promise<void> {
    const texts = await this.redis.hmget(this.key, ...tokens);
    tokens.forEach((token, i) => {
      const text = texts[i];
      if (text == null) return;
      const record = this.read(token, text, this.records);
      this.late?.set(token, record);
    });
  }

  private read(token: string, text: string, into: Map<string, KnownRecord>): KnownRecord {
    const record = readRecord(token, text, this.records.get(token), (problems) => {
      const what = problems.map(({ field, message }) => `${field} ${message}`.trim()).join('; ');
      this.warn(`project ${masked(token)}: ${what}`);
    });
    into.set(token, record);
    return record;
  }
}
