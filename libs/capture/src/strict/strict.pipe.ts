import { Injectable, type PipeTransform } from '@nestjs/common';
import { runSteps } from '@app/event';
import { Admission, turnFor } from '@app/pipeline';
import { SnapshotGrouper } from '../snapshot-grouper.js';
import { normalizeStrict, type NormalizedStrict, type StrictRequest } from './normalize-strict.js';

@Injectable()
export class NormalizeStrictPipe implements PipeTransform<StrictRequest, NormalizedStrict | Promise<NormalizedStrict>> {
  constructor(
    private readonly admission: Admission,
    private readonly grouper: SnapshotGrouper,
  ) {}

  transform(request: StrictRequest): NormalizedStrict | Promise<NormalizedStrict> {
    const turn = turnFor(request.batch.payload.text.length);
    return turn === undefined ? this.normalize(request) : turn.then(() => this.normalize(request));
  }

  private normalize(request: StrictRequest): NormalizedStrict | Promise<NormalizedStrict> {
    return runSteps(normalizeStrict(request, this.grouper, this.admission.quotaOf(request.token)));
  }
}
