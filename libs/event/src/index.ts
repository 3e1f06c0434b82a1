export { CORE_ROUTES, type CoreRoute, type Route } from './route.js';
export { Clock, SystemClock } from './clock.js';
export { Drop, drop, type DroppedEvent } from './drop.js';
export { CaptureError, REJECTIONS, type RejectionCode } from './errors.js';
export { parseData, type CapturedEvent } from './captured-event.js';
export type { CaptureContext } from './capture-context.js';
export { isoTime } from './iso-time.js';
export { ACKS, encodeMessage, envelopeAfter, envelopeBefore, messageHeaders, type Ack, type OutgoingMessage } from './message.js';
export { RepeatedLine } from './repeated-line.js';
