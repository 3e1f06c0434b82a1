import type { TestProject } from 'vitest/node';
import { isCI } from '../../scripts/allowed-skip.ts';
import { MissingService } from '../services/commands.ts';
import { startKafka, type Broker } from '../services/kafka.ts';
import { buildImage } from './build-image.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly image: string;
    readonly kafkaHosts: string;
  }
}

/** Builds the image and starts a broker. Where that cannot be done the tests are skipped, and it is said why; in CI it is a failure. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  let broker: Broker | undefined;
  try {
    project.provide('image', await buildImage());
    broker = await startKafka({ line: '4.x' });
    project.provide('kafkaHosts', broker.hosts);
  } catch (error) {
    if (isCI() || !(error instanceof MissingService)) throw error;
    console.log(`SKIPPED test:image: ${error.message}`);
    project.provide('image', '');
    project.provide('kafkaHosts', '');
  }
  return async () => broker?.stop();
}
