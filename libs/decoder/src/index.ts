export { ByteBudget, Reservation, type Reserve } from './byte-budget.js';
export type { BodyStore, CollectLimits } from './collect-body.js';
export { decodeBody, type BodySource, type DecodeLimits } from './decode-body.js';
export { DecoderConfig } from './decoder.config.js';
export { decoderPlugin, type DecoderPluginOptions } from './decoder.plugin.js';
export { CONTENT_ENCODINGS, inflateContent, type ContentEncoding } from './encodings/inflate-content.js';
export { dropRestOf } from './rest-of-body.js';
export { toUtf8 } from './encodings/utf8.js';
export { eachItem, type OnItem } from './scan/each-item.js';
export { membersOf, memberSpansOf, objectOf, type MemberSpan, type MemberText } from './scan/members.js';
export { eventText, scanPayload, type ScannedPayload, type ScanLimits } from './scan/scan-payload.js';
export {
  HEATMAP_DATA,
  HEATMAP_PATHNAME,
  HEATMAP_URL,
  isSnapshot,
  storableText,
  textOf,
  type RawEvent,
  type RawProperties,
  type RawSnapshot,
  type RawText,
} from './scan/raw-event.js';
export { strictJson } from './scan/strict-json.js';
