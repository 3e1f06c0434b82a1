import type { Command } from './command.js';

export interface CommandRow {
  readonly name: string;
  /** One line of `inlet --help`. */
  readonly summary: string;
  /** A command loads what it needs when it runs, and nothing of the others. */
  load(): Promise<Command>;
}

/** In the order of `inlet --help`. */
export const COMMANDS: readonly CommandRow[] = [
  { name: 'serve', summary: 'run the gateway', load: async () => (await import('./serve.js')).serveCommand },
  {
    name: 'doctor',
    summary: 'check what the gateway needs before it starts: settings, disk, brokers, Redis, proxies',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
  {
    name: 'drain',
    summary: 'send to Kafka what lies in the spool of a volume without a gateway',
    load: async () => (await import('./drain.js')).drainCommand,
  },
  { name: 'tail', summary: 'print the events of the embedded log', load: async () => (await import('./tail.js')).tailCommand },
  { name: 'config', summary: 'list every environment variable', load: async () => (await import('./config.js')).configCommand },
];
