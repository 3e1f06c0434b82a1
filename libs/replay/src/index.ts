export { groupSnapshots, type GroupingOptions } from './group-snapshots.js';
export { ReplayModule } from './replay.module.js';
export type { ReplayOptions } from './replay-options.js';
