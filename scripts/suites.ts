import { SERVICES, type ServiceName } from '../test/services/start-services.ts';

export interface Suite {
  /** Also the name of its Vitest project. */
  readonly name: string;
  /** It cannot run at all without these. */
  readonly needs: readonly ServiceName[];
  /** It leaves out single tests without these. */
  readonly uses: readonly ServiceName[];
  /** It starts the built application. */
  readonly needsBuild: boolean;
  /** What it may take on two cores; a suite that hangs is ended at five times that. */
  readonly minutes: number;
}

/** In the order they run: the quick ones tell first. */
export const SUITES: readonly Suite[] = [
  { name: 'unit', needs: [], uses: [], needsBuild: false, minutes: 4 },
  { name: 'e2e', needs: [], uses: [], needsBuild: false, minutes: 3 },
  { name: 'acceptance', needs: ['KAFKA_HOSTS'], uses: SERVICES, needsBuild: true, minutes: 8 },
  // The short form: what holds on any machine. `npm run test:hostile` has the rest, and judges times.
  { name: 'hostile', needs: [], uses: ['KAFKA_HOSTS'], needsBuild: true, minutes: 3 },
  // Brokers of its own, which it kills; this is only how it learns that they can be started.
  { name: 'chaos', needs: ['TEST_CLASS_PATH'], uses: [], needsBuild: true, minutes: 6 },
];
