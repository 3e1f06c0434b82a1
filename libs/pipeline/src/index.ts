export { EventProcessor, Processor, STAGES, type ProcessorOptions, type Stage } from './event-processor.js';
export { EventSink, Sink, type Delivery, type SinkOptions } from './event-sink.js';
