import { Injectable, type PipeTransform } from '@nestjs/common';
import { Admission } from '@app/pipeline';
import { SnapshotGrouper } from '../snapshot-grouper.js';
import { normalizeStrict, type NormalizedStrict, type StrictRequest } from './normalize-strict.js';

@Injectable()
export class NormalizeStrictPipe implements PipeTransform<StrictRequest, NormalizedStrict> {
  constructor(
    private readonly admission: Admission,
    private readonly grouper: SnapshotGrouper,
  ) {}

  transform(request: StrictRequest): NormalizedStrict {
    return normalizeStrict(request, this.grouper, this.admission.quotaOf(request.token));
  }
}
