// One run of load, in a process of its own so that it shares nothing with what it measures.
//   node load.ts URL WORKLOAD SECONDS CONNECTIONS [REQUESTS_PER_SECOND]      prints one line of JSON
import autocannon from 'autocannon';
import { workloads, type WorkloadName } from './workloads.ts';

const [url, name, seconds, connections, rate] = process.argv.slice(2);
const { path, headers, bodies } = workloads()[name as WorkloadName];
const result = await autocannon({
  url: url,
  connections: Number(connections),
  duration: Number(seconds),
  ...(rate === undefined ? {} : { overallRate: Number(rate) }),
  requests: bodies.map((body) => ({ method: 'POST' as const, path, headers: { ...headers }, body })),
});
console.log(
  JSON.stringify({
    seconds: result.duration,
    accepted: result['2xx'],
    refused: result.non2xx + result.errors,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }),
);
