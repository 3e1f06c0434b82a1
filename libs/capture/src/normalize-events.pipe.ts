import { Injectable, type PipeTransform } from '@nestjs/common';
import { Admission, HEAVY_BYTES, takeTurn } from '@app/pipeline';
import { CaptureConfig } from './capture.config.js';
import type { CaptureRequest } from './capture-request.js';
import { normalizeEvents, type NormalizedRequest } from './normalize-events.js';
import { SnapshotGrouper } from './snapshot-grouper.js';

@Injectable()
export class NormalizeEventsPipe implements PipeTransform<CaptureRequest, NormalizedRequest | Promise<NormalizedRequest>> {
  constructor(
    private readonly config: CaptureConfig,
    private readonly admission: Admission,
    private readonly grouper: SnapshotGrouper,
  ) {}

  transform(request: CaptureRequest): NormalizedRequest | Promise<NormalizedRequest> {
    if (request.payload.text.length <= HEAVY_BYTES) return this.normalize(request);
    return takeTurn().then(() => this.normalize(request));
  }

  private normalize(request: CaptureRequest): NormalizedRequest {
    return normalizeEvents(request, this.config.batchPolicy, this.grouper, this.admission.quotaOf(request.token));
  }
}
