export { allocatedBy, allocatedPerByte, collectGarbage, heldBytes, type Allocated, type AllocatedAt } from './allocated-by.js';
export { aContext, anEvent } from './builders.js';
export { growthOf, leastCpuOf, type GrowthOptions, type SizedCpu } from './cpu-growth.js';
export { EphemeralTopic, type EphemeralTopicOptions, type TopicMessage } from './ephemeral-topic.js';
export { isJson } from './is-json.js';
export { ManualClock } from './manual-clock.js';
export { MemorySink } from './memory-sink.js';
export { startGateway, type Gateway, type GatewayOptions } from './start-gateway.js';
