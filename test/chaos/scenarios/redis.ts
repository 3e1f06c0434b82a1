import { freePort } from '../../services/free-port.ts';
import { startRedis } from '../../services/redis.ts';
import { startGarbageServer } from '../faults/garbage-server.ts';
import { signalProcess } from '../faults/processes.ts';
import type { Scenario } from '../scenario.ts';
import { sleep } from '../stage.ts';
import { noteAcks, untilDirect } from './outage.ts';

/** Everything that can be read from Redis is. */
const EVERYTHING = {
  PROJECT_SOURCE: 'redis',
  PROJECTS_REFRESH_MS: '500',
  QUOTA_SOURCE: 'redis',
  QUOTA_MODE: 'count',
  QUOTA_REFRESH_MS: '500',
  EVENT_RESTRICTIONS_ENABLED: 'true',
  GLOBAL_RATE_LIMIT_ENABLED: 'true',
};

export const REDIS_SCENARIOS: readonly Scenario[] = [
  {
    name: 'redis',
    proves: 'Redis is frozen, killed, answers garbage, and comes back: no request waits for it, and none fails',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      const port = await freePort();
      let redis = await startRedis({ port });
      stage.defer(() => redis.stop());
      await stage.open({ ...EVERYTHING, REDIS_URL: redis.url });
      const load = stage.load();
      await untilDirect(stage, load);
      await sleep(2000);
      signalProcess('redis-server', String(port), 'SIGSTOP');
      await sleep(4000);
      signalProcess('redis-server', String(port), 'SIGCONT');
      await sleep(1000);
      await redis.stop();
      await sleep(3000);
      const garbage = await startGarbageServer(port);
      await sleep(4000);
      await garbage.stop();
      redis = await startRedis({ port });
      await sleep(2000);
      const result = await stage.end(load);
      noteAcks(stage, result);
      const refused = result.records.filter(({ status }) => status !== 200).length;
      stage.check(refused === 0, `${refused} requests were not acknowledged`);
      return stage.judge({ acknowledgedShare: 1, duplicates: 0, because: 'nothing happens to the broker' });
    },
  },
];
