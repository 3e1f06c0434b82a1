export { groupSnapshots, type GroupingOptions } from './group-snapshots.js';
export { ReplayConfig } from './replay.config.js';
export { ReplayModule, type ReplayOptions } from './replay.module.js';
