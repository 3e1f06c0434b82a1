import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { ProjectDirectory } from './project-directory.js';

/** What the directory knows of itself, as metrics: asked when somebody scrapes. */
@Injectable()
export class ProjectGauges implements OnModuleInit {
  constructor(
    private readonly directory: ProjectDirectory,
    @InjectMetric('capture_projects') private readonly projects: Gauge,
    @InjectMetric('capture_projects_unreadable') private readonly unreadable: Gauge,
    @InjectMetric('capture_projects_age_seconds') private readonly age: Gauge,
  ) {}

  onModuleInit(): void {
    Object.assign(this.projects, { collect: () => this.projects.set(this.directory.facts().projects) });
    Object.assign(this.unreadable, { collect: () => this.unreadable.set(this.directory.facts().unreadable) });
    Object.assign(this.age, { collect: () => this.age.set(this.directory.facts().ageSeconds ?? -1) });
  }
}
