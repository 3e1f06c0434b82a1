export { Admission, AdmitAll, OverQuota, type ProjectQuota } from './admission.js';
export { DuplicateSinkError, MissingMethodError, RouteWithoutSinkError, ScopedProviderError, UnknownStageError } from './boot-errors.js';
export { EventProcessor, Processor, STAGES, type ProcessorOptions, type Stage } from './event-processor.js';
export { EventSink, Sink, SINK_WRAPPER, type Delivery, type Destination, type SinkOptions, type SinkWrapper } from './event-sink.js';
export { FairShare } from './fair-share.js';
export type { Fate } from './fate.js';
export { Ledger } from './ledger.js';
export { PipelineModule } from './pipeline.module.js';
export { PipelineService, type Ingestion } from './pipeline.service.js';
