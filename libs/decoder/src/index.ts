export { openItems, type ItemRuns } from '@app/vector';
export { ByteBudget, Reservation, type Reserve } from './byte-budget.js';
export type { BodyStore, CollectLimits } from './collect-body.js';
export { decode, type DecodeResources } from './decode.js';
export { loosePolicies, type DecodePolicies, type DecodePolicy } from './decode-policy.js';
export { DecoderConfig } from './decoder.config.js';
export { decoderPlugin, type DecoderPluginOptions } from './decoder.plugin.js';
export { CONTENT_ENCODINGS, contentEncodingOf, type ContentEncoding } from './encodings/coding.js';
export { keep } from './let-go.js';
export { Kind } from './scan/kind.js';
export { MemberNames, MOST_MEMBERS, TooManyMembersError, type NamedMember } from './scan/named-members.js';
export { hasWrongProperties } from './scan/read-tape.js';
export { eventText, scanPayload, type ScannedPayload, type ScanLimits } from './scan/scan-payload.js';
export {
  HEATMAP_DATA,
  HEATMAP_PATHNAME,
  HEATMAP_URL,
  isSnapshot,
  isText,
  shortTextOf,
  storableText,
  textOf,
  type RawEvent,
  type RawProperties,
  type RawSnapshot,
  type RawText,
  type RawValue,
} from './scan/raw-event.js';
export type { WeightLimit } from './scan/weigh.js';
export type { BodySource } from './unwrap.js';
