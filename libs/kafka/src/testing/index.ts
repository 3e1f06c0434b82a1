export { aBatcher, type BatcherParts, type BuiltBatcher } from './a-batcher.js';
export { ModelCluster, type ModelOptions } from './model-cluster.js';
