import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createGateway } from '../../src/create-gateway.js';
import { helm, only, podsOf, render, template, type Resource } from './render.js';

const gatewayOf = (resources: Resource[]) => podsOf(resources).find(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind))!.spec;
const configOf = (resources: Resource[]): Record<string, string> => only(resources, 'ConfigMap', 'inlet').data;

describe('durability', () => {
  it('is a volume a pod by default, kept when the pod is scaled away', () => {
    const resources = render('persistent');
    const { spec } = only(resources, 'StatefulSet');
    expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenScaled: 'Retain', whenDeleted: 'Retain' });
    expect(spec.serviceName).toBe(only(resources, 'Service', '-pods').metadata.name);
    expect(configOf(resources)).toMatchObject({ SPOOL_MEDIUM: 'persistent', DATA_DIR: '/var/lib/inlet' });
    expect(gatewayOf(resources).containers[0].volumeMounts).toEqual([{ name: 'data', mountPath: '/var/lib/inlet' }]);
  });

  it.each([1, 4, 7, 100])('gives the volume of %i GiB a tenth more than the spool at least', (gib) => {
    const resources = render('persistent', `spool.maxGiB=${gib}`);
    const [claim] = only(resources, 'StatefulSet').spec.volumeClaimTemplates;
    const bytes = Number(/^(\d+)Mi$/.exec(claim.spec.resources.requests.storage)![1]) * 2 ** 20;
    expect(Number(configOf(resources).SPOOL_MAX_BYTES)).toBe(gib * 2 ** 30);
    expect(bytes).toBeGreaterThanOrEqual(gib * 2 ** 30 * 1.1);
  });

  it('says of a directory that is lost with its pod that it is', () => {
    const resources = render('ephemeral');
    expect(only(resources, 'Deployment').spec.strategy.rollingUpdate.maxUnavailable).toBe(0);
    expect(configOf(resources).SPOOL_MEDIUM).toBe('ephemeral');
    expect(gatewayOf(resources).volumes[0].emptyDir).toBeDefined();
    expect(template('ephemeral').output).not.toContain('volumeClaimTemplates');
  });

  it('drains the volumes of pods that are gone, each by a Job with the gateway’s settings', () => {
    const resources = render('scaled-in');
    const jobs = resources.filter(({ kind }) => kind === 'Job');
    expect(jobs.map(({ metadata }) => metadata.name)).toEqual(['gate-inlet-drain-1-r1', 'gate-inlet-drain-2-r1']);
    const [claim] = only(resources, 'StatefulSet').spec.volumeClaimTemplates;
    for (const [i, { spec }] of jobs.entries()) {
      const { volumes, containers } = spec.template.spec;
      expect(volumes[0].persistentVolumeClaim.claimName).toBe(`${claim.metadata.name}-gate-inlet-${i + 1}`);
      expect(containers[0].volumeMounts[0]).toEqual(gatewayOf(resources).containers[0].volumeMounts[0]);
      expect(containers[0].envFrom).toEqual(gatewayOf(resources).containers[0].envFrom);
      expect(containers[0].env).toEqual(gatewayOf(resources).containers[0].env);
      const [program, command, , seconds] = containers[0].command as string[];
      expect([program, existsSync(`src/commands/${command}.ts`)]).toEqual(['inlet', true]);
      expect(Number(seconds)).toBeLessThan(spec.activeDeadlineSeconds);
    }
  });

  it('names Jobs as Kubernetes allows, however long the release’s name is', () => {
    const job = render('scaled-in', `fullnameOverride=${'x'.repeat(60)}`).find(({ kind }) => kind === 'Job');
    expect(job.metadata.name.length).toBeLessThanOrEqual(63);
  });

  it('needs no disk without a spool', () => {
    const resources = render('no-spool');
    expect([configOf(resources).SPOOL_MEDIUM, gatewayOf(resources).volumes]).toEqual(['off', undefined]);
  });

  it('is the log on the volume without Kafka', () => {
    const resources = render('embedded');
    expect(only(resources, 'StatefulSet').spec.replicas).toBe(1);
    expect(configOf(resources)).toMatchObject({ OUTPUT: 'embedded', EMBEDDED_LOG_MAX_BYTES: String(20 * 2 ** 30) });
  });
});

describe('stopping', () => {
  it.each([
    [5, 25],
    [30, 60],
  ])('has time for preStop (%i s) and for the drain (%i s)', (preStop, grace) => {
    const resources = render('persistent', `shutdown.preStopSeconds=${preStop}`, `shutdown.graceSeconds=${grace}`);
    const { terminationGracePeriodSeconds, containers } = gatewayOf(resources);
    expect(containers[0].lifecycle.preStop.sleep.seconds).toBe(preStop);
    expect(Number(configOf(resources).SHUTDOWN_GRACE_MS)).toBe(grace * 1000);
    expect(terminationGracePeriodSeconds).toBeGreaterThan(preStop + grace);
  });
});

describe('settings', () => {
  it.each(['persistent', 'embedded', 'replay', 'secured', 'gateway-api', 'monitored'])(
    'of %s are ones that the gateway starts with',
    async (shape) => {
      const resources = render(shape);
      const secrets = gatewayOf(resources).containers[0].env ?? [];
      const values: Record<string, string> = { REDIS_URL: 'redis://127.0.0.1:1' };
      const given = secrets.map(({ name }: { name: string }) => [name, values[name] ?? 'a secret of sixteen']);
      const app = await createGateway({ ...configOf(resources), ...Object.fromEntries(given), LOG_LEVEL: 'silent', KAFKA_TLS_CA: '' });
      await app.close().catch(() => {});
    },
  );

  it('keep large numbers as they are', () => {
    expect(configOf(render('replay')).MAX_IN_FLIGHT_BYTES).toBe('536870912');
  });

  it('restart the pods when they change', () => {
    const sum = (...set: string[]) =>
      only(render('persistent', ...set), 'StatefulSet').spec.template.metadata.annotations['checksum/config'];
    expect(sum('config.LOG_LEVEL=debug')).not.toBe(sum());
  });

  it('hold no secret: those come from Secrets by name', () => {
    const { containers } = gatewayOf(render('secured'));
    expect(containers[0].env).toContainEqual({
      name: 'KAFKA_SASL_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'kafka-login', key: 'password' } },
    });
  });

  it('reach the doctor of a pod with its volume, if there is to be one; it asks nobody that all pods share', () => {
    const { initContainers, containers } = gatewayOf(render('secured', 'doctor.perPod=true', 'initContainers[0].name=mine'));
    const [mine, doctor] = initContainers;
    const [gateway] = containers;
    expect([mine.name, doctor.command.slice(-2)]).toEqual(['mine', ['--skip', 'kafka,redis']]);
    for (const same of ['image', 'env', 'envFrom', 'volumeMounts', 'securityContext'])
      expect([same, doctor[same]]).toEqual([same, gateway[same]]);
    expect(doctor.volumeMounts).toContainEqual({ name: 'data', mountPath: '/var/lib/inlet' });
    expect(gatewayOf(render('secured')).initContainers).toBeUndefined();
  });

  it('reach the doctor as they reach the gateway', () => {
    const resources = render('secured');
    const { env } = only(resources, 'Job').spec.template.spec.containers[0];
    const plain = env.flatMap(({ name, value }: { name: string; value?: string }) => (value === undefined ? [] : [[name, value]]));
    expect(Object.fromEntries(plain)).toEqual(configOf(resources));
    expect(env.filter((one: Resource) => one.valueFrom)).toEqual(gatewayOf(resources).containers[0].env);
  });
});

describe('the way in', () => {
  /** What SDKs call, as the description of the gateway has it. */
  const routes = Object.keys(parse(readFileSync('openapi.yaml', 'utf8')).paths);
  const operators = [
    '/',
    '/_liveness',
    '/_readiness',
    '/_startup',
    '/livez',
    '/readyz',
    '/startupz',
    '/metrics',
    '/openapi.yaml',
    '/openapi.json',
  ];
  const pathsOf = (shape: string, ...set: string[]): string[] =>
    only(render(shape, ...set), 'Ingress').spec.rules[0].http.paths.map(({ path }: { path: string }) => path);
  const covers = (paths: string[], route: string) => paths.some((path) => route === path || route.startsWith(`${path}/`));

  it('takes every route of the SDKs, and none of the operators', () => {
    const paths = pathsOf('analytics', 'captureMode=all');
    expect(routes.length).toBeGreaterThan(8);
    for (const route of routes) expect([route, covers(paths, route)]).toEqual([route, !operators.includes(route)]);
  });

  it('is divided between analytics and recordings without a gap', () => {
    const [analytics, replay] = [pathsOf('analytics'), pathsOf('replay')];
    expect(replay).toEqual(['/s']);
    expect([...analytics, ...replay].sort()).toEqual(pathsOf('analytics', 'captureMode=all').sort());
  });

  it('may be a path of its own', () => {
    const [rule] = only(render('gateway-api'), 'HTTPRoute').spec.rules;
    expect(rule.matches.map(({ path }: Resource) => path.value)).toContain('/ingest/e');
    expect(rule.backendRefs).toEqual([{ name: 'gate-inlet', port: 80 }]);
  });

  it('is closed for the admin port unless somebody is named', () => {
    const ports = (...set: string[]) =>
      only(render('secured', ...set), 'NetworkPolicy').spec.ingress.map((rule: Resource) => rule.ports[0].port);
    expect(ports()).toEqual(['http', 'metrics', 'admin']);
    expect(ports('networkPolicy.adminFrom=null')).toEqual(['http', 'metrics']);
  });

  it('lets every namespace scrape, unless it is told who may', () => {
    const rule = (...set: string[]) =>
      only(render('monitored', ...set), 'NetworkPolicy').spec.ingress.find((one: Resource) => one.ports[0].port === 'metrics');
    expect(rule().from).toEqual([{ namespaceSelector: {} }]);
    const named = 'metrics.from[0].namespaceSelector.matchLabels.name=monitoring';
    expect(rule(named).from).toEqual([{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }]);
    expect(rule('metrics.from=null')).toBeUndefined();
  });
});

describe('watching and scaling', () => {
  it.each([
    [[], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SAMPLING_RATE: '0.000010' }],
    [['tracing.samplingRatio=1'], { OTEL_SAMPLING_RATE: '1.000000' }],
  ])('traces what it is told to, small shares too: %j', (set, expected) => {
    expect(configOf(render('monitored', ...set))).toMatchObject(expected);
  });

  it('traces nothing by default', () => {
    expect(Object.keys(configOf(render('persistent'))).filter((name) => name.startsWith('OTEL'))).toEqual([]);
  });

  /** What a ServiceMonitor would scrape: the ports of pods by way of the Services that it selects. */
  const scrapedOf = (resources: Resource[]) => {
    const { endpoints, selector } = only(resources, 'ServiceMonitor').spec;
    const services = resources.filter(
      ({ kind, metadata }) =>
        kind === 'Service' && Object.entries(selector.matchLabels).every(([name, value]) => metadata.labels[name] === value),
    );
    const { ports } = gatewayOf(resources).containers[0];
    return services.flatMap(({ spec }) =>
      endpoints.map((endpoint: Resource) => {
        const { targetPort } = spec.ports.find(({ name }: Resource) => name === endpoint.port);
        const { containerPort } = ports.find(({ name }: Resource) => name === targetPort);
        return { port: containerPort, secret: endpoint.authorization?.credentials };
      }),
    );
  };

  // The first two are the values of the chart's version before: scraped as they were, and without a token.
  it.each([
    ['monitored', [], { port: 9464, secret: undefined }, '9464'],
    ['secured', [], { port: 9464, secret: undefined }, '9464'],
    ['monitored', ['metrics.port=9100'], { port: 9100, secret: undefined }, '9100'],
    ['monitored', ['metrics.port=public'], { port: 3000, secret: undefined }, 'public'],
    ['secured', ['metrics.port=admin'], { port: 9090, secret: { name: 'inlet', key: 'admin-token' } }, 'admin'],
  ])('scrapes %s %j once, where the gateway has its metrics', (shape, set, expected, setting) => {
    const resources = render(shape, ...set);
    expect(scrapedOf(resources)).toEqual([expected]);
    expect(configOf(resources).METRICS_PORT).toBe(setting);
    expect(configOf(resources).EXPORT_PROMETHEUS).toBeUndefined();
  });

  it('keeps metrics off the Service that may be open to the outside', () => {
    const { spec } = only(render('monitored', 'service.type=LoadBalancer'), 'Service', 'gate-inlet');
    expect(spec.ports.map(({ name }: Resource) => name)).toEqual(['http']);
  });

  it('sends scrapers that go by annotations to where the metrics are', () => {
    const port = (...set: string[]) => {
      const resources = render('extended', ...set);
      const service = resources.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'capture');
      const pod = podsOf(resources).find(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind))!;
      return [pod, service].map(({ metadata }) => metadata.annotations['prometheus.io/port']);
    };
    expect([port(), port('metrics.port=public')]).toEqual([
      ['9464', '9464'],
      ['3000', '3000'],
    ]);
  });

  it('sets the limits of connections and bodies, unless they are set', () => {
    expect(configOf(render('persistent'))).toMatchObject({ MAX_CONNECTIONS: '20000', BODY_TOTAL_TIMEOUT_MS: '60000' });
    expect(configOf(render('persistent', 'config.MAX_CONNECTIONS=500')).MAX_CONNECTIONS).toBe('500');
  });

  it('has canaries only where they are asked for', () => {
    expect(Object.keys(configOf(render('persistent'))).filter((name) => name.startsWith('CANARY'))).toEqual([]);
    expect(configOf(render('monitored'))).toMatchObject({
      CANARY_ENABLED: 'true',
      CANARY_TOPIC: 'inlet_canary',
      CANARY_INTERVAL_MS: '15000',
    });
    expect(template('monitored', 'canary.topic=no topic').output).toMatch(/at '\/canary\/topic'.*does not match pattern/);
  });

  it('leads from each alert to a runbook of one’s own', () => {
    const { groups } = only(render('monitored'), 'PrometheusRule').spec;
    const rules = groups.flatMap((group: Resource) => group.rules);
    expect(rules.length).toBeGreaterThan(10);
    for (const { annotations } of rules) expect(annotations.runbook_url).toMatch(/^https:\/\/wiki\.example\.com\/inlet\/[a-z-]+\.md$/);
  });

  it('leaves the number of pods to the autoscaler', () => {
    for (const [shape, kind] of [
      ['autoscaled', 'StatefulSet'],
      ['autoscaled-ephemeral', 'Deployment'],
    ]) {
      const resources = render(shape);
      expect(only(resources, kind).spec.replicas).toBeUndefined();
      expect(only(resources, 'HorizontalPodAutoscaler').spec.scaleTargetRef).toMatchObject({ kind, name: 'gate-inlet' });
    }
  });
});

describe('values that are wrong', () => {
  it.each([
    ['a misspelt value', 'replica=3', /additional properties 'replica' not allowed/],
    ['a misspelt value deep down', 'spool.medum=off', /at '\/spool'.*'medum' not allowed/],
    ['a misspelt variable', 'config.KAFKA_HOST=a:1', /at '\/config'.*'KAFKA_HOST' not allowed/],
    ['a secret as a value', 'config.KAFKA_SASL_PASSWORD=x', /at '\/config'.*'KAFKA_SASL_PASSWORD' not allowed/],
    ['what the chart decides', 'config.SPOOL_MEDIUM=off', /at '\/config'.*'SPOOL_MEDIUM' not allowed/],
    ['an unknown medium', 'spool.medium=tape', /at '\/spool\/medium': value must be one of/],
    ['an unknown mode', 'captureMode=some', /at '\/captureMode': value must be one of/],
    ['no brokers', 'config.KAFKA_HOSTS=', /config\.KAFKA_HOSTS is not set: name the brokers/],
    ['an ingress without a host', 'ingress.enabled=true', /ingress\.enabled needs ingress\.hosts/],
    ['a route without a gateway', 'httpRoute.enabled=true', /httpRoute\.enabled needs httpRoute\.parentRefs/],
    ['an admin port without its secret', 'admin.enabled=true', /admin\.enabled needs admin\.secretName/],
    ['metrics on an admin port that is not there', 'metrics.port=admin', /metrics\.port=admin needs admin\.enabled/],
    ['metrics on the port of requests', 'metrics.port=3000', /metrics\.port is the port of another listener/],
    ['metrics nowhere', 'metrics.port=none', /at '\/metrics\/port'/],
    ['traces without a collector', 'tracing.enabled=true', /tracing\.enabled needs tracing\.endpoint/],
    ['more traces than requests', 'tracing.samplingRatio=2', /at '\/tracing\/samplingRatio': maximum/],
    ['too many as the fewest', 'autoscaling.enabled=true,autoscaling.minReplicas=30', /minReplicas is larger than/],
    ['no time to stop', 'shutdown.graceSeconds=0', /at '\/shutdown\/graceSeconds': minimum/],
    ['a living pod to drain', 'replicas=3,spool.drain.ordinals={2}', /spool\.drain\.ordinals: 2 is one of the 3 pods/],
    ['one that the autoscaler keeps', 'autoscaling.enabled=true,spool.drain.ordinals={2}', /2 is one of the 3 pods/],
    ['volumes to drain that are deleted', 'spool.drain.ordinals={5},spool.retention.whenScaled=Delete', /whenScaled=Retain/],
    ['a log to drain', 'spool.drain.ordinals={5},output=embedded', /needs output=kafka/],
    ['half an ordinal', 'spool.drain.ordinals={one}', /at '\/spool\/drain\/ordinals\/0': got string, want integer/],
    ['half a digest', 'image.digest=sha256:12', /at '\/image\/digest'.*does not match pattern/],
  ])('are refused: %s', (_name, set, message) => {
    const { status, output } = template('persistent', set);
    expect([status === 0, output.replace(/\n/g, ' ')]).toEqual([false, expect.stringMatching(message)]);
  });

  it('are refused: a variable both in config and in secretEnv', () => {
    const { output } = template('secured', 'extraEnv=null', 'secretEnv.KAFKA_HOSTS.name=x');
    expect(output).toMatch(/'KAFKA_HOSTS' not allowed/);
  });
});

it('says what is next, and what the promise is', () => {
  const notes = (shape: string) => helm('install', 'gate', 'helm', '--dry-run=client', '--values', `helm/ci/${shape}.yaml`).output;
  expect(notes('persistent')).toContain('rollout status statefulset/gate-inlet');
  expect(notes('ephemeral')).toContain('LOST with their pod');
  expect(notes('no-spool')).toContain('answered 503');
});
