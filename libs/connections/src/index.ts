export { type ClosedFor, ConnectionLimit } from './connection-limit.js';
export { connectionRoom, type ConnectionRoom, openFilesLimit } from './connection-room.js';
export { ConnectionsConfig } from './connections.config.js';
export { guardConnections, type GuardOptions } from './guard-connections.js';
export { guardOperators } from './guard-operators.js';
export { stopReading } from './http-socket.js';
export { answer, answerNothing, type EdgeLimits, originForm, routerRefusal } from './refusals.js';
export { dropRestOf } from './rest-of-body.js';
