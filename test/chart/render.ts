import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const CHART = 'helm';
/** Values for each shape of installation. */
export const SHAPES = readdirSync(join(CHART, 'ci')).map((file) => file.replace('.yaml', ''));

// Kubernetes objects are read here as loosely as a test needs.
// oxlint-disable-next-line typescript/no-explicit-any
export type Resource = any;

export interface Answer {
  readonly status: number | null;
  readonly output: string;
}

export function helm(...args: string[]): Answer {
  const { status, stdout, stderr } = spawnSync(process.env.TEST_HELM ?? 'helm', args, { encoding: 'utf8', maxBuffer: 64 << 20 });
  return { status, output: status === 0 ? stdout : stderr };
}

const rendered = new Map<string, Answer>();

/** The YAML of a shape, with more `--set` values. */
export function template(shape: string, ...set: string[]): Answer {
  const asked = [shape, ...set].join(' ');
  const known = rendered.get(asked) ?? helmTemplate(shape, set);
  rendered.set(asked, known);
  return known;
}

function helmTemplate(shape: string, set: readonly string[]): Answer {
  const more = set.flatMap((value) => ['--set', value]);
  return helm('template', 'gate', CHART, '--namespace', 'capture', '--values', join(CHART, 'ci', `${shape}.yaml`), ...more);
}

/** @throws what Helm says against the values */
export function render(shape: string, ...set: string[]): Resource[] {
  const { status, output } = template(shape, ...set);
  if (status !== 0) throw new Error(output);
  return parseAllDocuments(output).flatMap((document) => {
    const resource: Resource = document.toJS();
    return resource === null ? [] : [resource];
  });
}

export function only(resources: readonly Resource[], kind: string, suffix = ''): Resource {
  const found = resources.filter((one) => one.kind === kind && one.metadata.name.endsWith(suffix));
  if (found.length !== 1) throw new Error(`${found.length} of ${kind} …${suffix}`);
  return found[0];
}

/** The pods that a rendering would run, whatever makes them. */
export function podsOf(resources: readonly Resource[]): { kind: string; metadata: Resource; spec: Resource }[] {
  return resources.flatMap((one) => {
    if (one.kind === 'Pod') return [one];
    const pod = one.spec?.template;
    return ['StatefulSet', 'Deployment', 'Job'].includes(one.kind) ? [{ kind: one.kind, metadata: pod.metadata, spec: pod.spec }] : [];
  });
}
