import { Inject, Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { SnapshotGrouper, type CaptureRequest, type GroupedSnapshots } from '@app/capture';
import type { RawEvent } from '@app/decoder';
import type { Steps } from '@app/event';
import { Admission } from '@app/pipeline';
import { ProjectAdmission } from '@app/token';
import type { Counter } from 'prom-client';
import { groupSnapshots } from './group-snapshots.js';
import { REPLAY_OPTIONS, type ReplayOptions } from './replay-options.js';
import { admitTokens } from './token-admission.js';

/** `groupSnapshots` with what the process knows: limits, projects, quotas, metrics. */
@Injectable()
export class ReplayGrouper extends SnapshotGrouper {
  private readonly onReplaced: () => void;

  constructor(
    @Inject(REPLAY_OPTIONS) private readonly options: ReplayOptions,
    private readonly projects: ProjectAdmission,
    private readonly admission: Admission,
    @InjectMetric('capture_replay_items_replaced_total') replaced: Counter,
  ) {
    super();
    this.onReplaced = () => replaced.inc();
  }

  group(request: CaptureRequest, snapshots: readonly RawEvent[]): Steps<GroupedSnapshots> {
    const options = {
      messageMaxBytes: this.options.messageMaxBytes,
      admit: admitTokens(request, this.projects, this.admission),
      onReplaced: this.onReplaced,
    };
    return groupSnapshots(request, snapshots, options);
  }
}
