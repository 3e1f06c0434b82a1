export { drainedValues } from './drained-values.js';
export { DiskTroubles, SimulatedDisk } from './simulated-disk.js';
export { SECTOR_BYTES, type SimulatedFile } from './simulated-file.js';
export { SimulatedMedium } from './simulated-medium.js';
