export { type ClosedFor, ConnectionLimit } from './connection-limit.js';
export { connectionRoom, type ConnectionRoom, openFilesLimit } from './connection-room.js';
export { ConnectionsConfig } from './connections.config.js';
export { guardConnections, type GuardOptions } from './guard-connections.js';
export { answer, answerNothing, type EdgeLimits, originForm, routerRefusal } from './refusals.js';
