import { Injectable, type PipeTransform } from '@nestjs/common';
import { runSteps } from '@app/event';
import { Admission, Ledger, turnFor } from '@app/pipeline';
import { CaptureConfig } from './capture.config.js';
import type { CaptureRequest } from './capture-request.js';
import { normalizeSteps, type NormalizedRequest } from './normalize-events.js';
import { SnapshotGrouper } from './snapshot-grouper.js';

@Injectable()
export class NormalizeEventsPipe implements PipeTransform<CaptureRequest, NormalizedRequest | Promise<NormalizedRequest>> {
  constructor(
    private readonly config: CaptureConfig,
    private readonly admission: Admission,
    private readonly grouper: SnapshotGrouper,
    private readonly ledger: Ledger,
  ) {}

  transform(request: CaptureRequest): NormalizedRequest | Promise<NormalizedRequest> {
    const turn = turnFor(request.payload.text.length);
    return turn === undefined ? this.normalize(request) : turn.then(() => this.normalize(request));
  }

  private normalize(request: CaptureRequest): NormalizedRequest | Promise<NormalizedRequest> {
    const quota = this.admission.quotaOf(request.token);
    const normalized = runSteps(normalizeSteps(request, this.config.batchPolicy, this.grouper, quota));
    return normalized instanceof Promise ? normalized.then((done) => this.counted(done)) : this.counted(normalized);
  }

  private counted(normalized: NormalizedRequest): NormalizedRequest {
    const { length } = normalized.adjusted;
    if (length > 0) this.ledger.adjusted('timestamp_unreadable', length);
    return normalized;
  }
}
