import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHAPES } from '../chart/render.js';
import { createTopic } from '../chaos/faults/topics.ts';
import { TopicReader } from '../chaos/read/topic-reader.ts';
import type { Broker } from '../services/kafka.ts';
import { NODE_ADDRESS } from './addresses.ts';
import { HOSTS, startBroker } from './broker.ts';
import { apply, dryRun, FOLDER, helmAt, kubectl, NAMESPACE, until } from './commands.ts';
import { startNameServer } from './name-server.ts';
import { startNode } from './node/start-node.ts';
import { freezeOne, gateways, isReady, restarts, untilReady, waitingByGateway } from './pods.ts';
import { CHART, claims, evict, install, NAME, RELEASE, setting, survivors, uninstall, upgrade, WAIT } from './release.ts';
import { renderTo } from './shapes.ts';
import { Traffic } from './traffic.ts';
import { DEAD_LETTERS, TOPIC, TOPICS } from './values.ts';
import { makeVolumes } from './volumes.ts';

const { TEST_CLUSTER_PROGRAMS = '', TEST_CRDS = '', TEST_HELM = 'helm', TEST_HELM3 = '' } = process.env;
const helm = helmAt(TEST_HELM);

let broker: Broker;
let traffic: Traffic;

beforeAll(async () => {
  await startNameServer(NODE_ADDRESS);
  const images = ['image.tar', 'pause.tar'].map((file) => join(FOLDER, file));
  [broker] = await Promise.all([startBroker(), startNode(FOLDER, TEST_CLUSTER_PROGRAMS, images)]);
  for (const topic of TOPICS) await createTopic(HOSTS, topic, { partitions: topic === TOPIC ? 3 : 1 });
  // What does not keep to the strictest profile is refused by the API server, and warned of.
  const labels = Object.fromEntries(['enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']));
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } });
  await makeVolumes(6);
  await until('there is a service account', async () => (await kubectl('get', 'serviceaccount', 'default', '-o', 'name')) !== '');
});

afterAll(async () => {
  traffic?.kill();
  await broker?.kill();
});

describe('what the API server says', () => {
  beforeAll(async () => {
    for (const file of TEST_CRDS.split(',')) await kubectl('apply', '--server-side', '-f', file);
  });

  it.each(SHAPES)('to the shape %s: nothing against it, and no warning', async (shape) => {
    const answer = await dryRun(await renderTo(helm, shape));
    expect(answer.split('\n').filter((line) => line !== '' && !line.endsWith('(server dry run)'))).toEqual([]);
  });
});

/** Each step goes on where the one before it ended. */
describe('the chart on a real node', () => {
  it('is installed where only restricted pods may run, after its doctor has looked', async () => {
    await install(helm);
    await untilReady(3);
    // The doctor's Job is gone because it succeeded.
    expect(await kubectl('get', 'jobs', '-o', 'name')).toBe('');
    expect(await claims()).toMatchObject([0, 1, 2].map((i) => ({ name: `data-${NAME}-${i}`, phase: 'Bound' })));
  });

  it('passes its own test: the Service leads to a gateway', async () => {
    expect(await helm('test', RELEASE, '--timeout', '3m')).toMatch(/Succeeded/);
  });

  it('is not installed when the doctor finds a fault', async () => {
    const wrong = ['fullnameOverride=wrong', `config.KAFKA_HOSTS=${NODE_ADDRESS}:1`, 'doctor.deadlineSeconds=60', 'doctor.enabled=true'];
    const settings = wrong.flatMap((value) => ['--set', value]);
    await expect(
      helm('install', 'wrong', CHART, ...WAIT, ...settings, '--set', 'image.repository=localhost/inlet,image.tag=test'),
    ).rejects.toThrow(/hook|doctor/);
    expect(await kubectl('logs', 'job/wrong-doctor')).toContain('no broker of KAFKA_HOSTS answers');
    expect(await kubectl('get', 'statefulsets', '-o', 'name')).toBe(`statefulset.apps/${NAME}`);
    await helm('uninstall', 'wrong', '--wait');
    await kubectl('delete', 'jobs', '--all');
  });

  it('loses and refuses nothing in a rolling restart under load, nor in the rollback', async () => {
    traffic = await Traffic.start(NAME);
    await traffic.untilAck('kafka');
    expect(await survivors(3, () => upgrade(helm, 'config.LOG_LEVEL=debug'))).toEqual([]);
    expect(await setting('LOG_LEVEL')).toBe('debug');
    expect(await survivors(3, () => helm('rollback', RELEASE, '1', ...WAIT))).toEqual([]);
    expect(await setting('LOG_LEVEL')).toBeUndefined();

    const outcome = await traffic.end('upgrade and rollback');
    expect(outcome).toMatchObject({ lost: 0, duplicated: 0, outOfOrder: 0, refused: 0 });
    expect(outcome.acknowledged).toBe(outcome.sent);
  });

  it('holds back an eviction while another pod is away', async () => {
    expect(await evict(`${NAME}-0`)).toBe('');
    expect(await evict(`${NAME}-1`)).toMatch(/disruption budget/);
    await untilReady(3);
  });

  it('serves on while the broker is away, and delivers it all although a pod was restarted meanwhile', async () => {
    traffic = await Traffic.start(NAME);
    await traffic.untilAck('kafka');
    await broker.kill();
    await traffic.untilAllHoldSome();
    await kubectl('delete', 'pod', `${NAME}-1`, '--wait=true');
    await until('the pod is back', async () => (await gateways()).filter(isReady).length === 3);
    expect(Math.min(...(await waitingByGateway()))).toBeGreaterThan(0);
    expect(restarts(await gateways())).toBe(0);
    broker = await startBroker(broker.folder);
    await traffic.untilAck('kafka');
    await until('the spools are empty', async () => (await waitingByGateway()).every((events) => events === 0));

    const outcome = await traffic.end('broker killed, a pod restarted meanwhile');
    expect(outcome).toMatchObject({ lost: 0, refused: 0 });
    expect(outcome.acks.spool).toBeGreaterThan(0);
  });

  it('restarts a gateway whose event loop stands', async () => {
    const quick = ['probes.liveness.periodSeconds=2', 'probes.liveness.timeoutSeconds=1', 'probes.liveness.failureThreshold=2'];
    await upgrade(helm, ...quick, 'shutdown.graceSeconds=5', 'shutdown.preStopSeconds=1');
    await untilReady(3);
    traffic = await Traffic.start(NAME);
    await traffic.untilAck('kafka');
    const before = await freezeOne();
    await until('the kubelet has restarted it', async () => restarts(await gateways()) === before + 1);
    await untilReady(3);
    // What was sent to the frozen one has no answer, or one from nobody: not acknowledged, and so not lost.
    expect(await traffic.end('a gateway frozen')).toMatchObject({ lost: 0 });
    await upgrade(helm);
    await untilReady(3);
  });

  it('scales from 3 to 1 with the broker away, and Jobs deliver what the volumes left over hold', async () => {
    traffic = await Traffic.start(NAME);
    await traffic.untilAck('kafka');
    await broker.kill();
    await traffic.untilAllHoldSome();
    // The doctor would rightly say that no broker answers.
    await upgrade(helm, 'replicas=1', 'doctor.enabled=false');
    await untilReady(1);
    broker = await startBroker(broker.folder);
    await traffic.untilAck('kafka');
    await upgrade(helm, 'replicas=1', 'spool.drain.ordinals={1,2}');
    await kubectl('wait', '--for=condition=complete', '--timeout=3m', 'job', '--all');
    const jobs = (await kubectl('get', 'jobs', '-o', 'name')).split('\n');
    expect(jobs.length).toBe(2);
    for (const job of jobs) {
      const sum = await kubectl('logs', job, '--tail=1');
      console.log(`${job}: ${sum}`);
      expect(sum).toMatch(/^[1-9]\d* found = /);
    }

    const outcome = await traffic.end('scaled from 3 to 1, broker away');
    expect(outcome).toMatchObject({ lost: 0, refused: 0 });
    expect(outcome.acks.spool).toBeGreaterThan(0);
  });

  it('is uninstalled, and its volumes stay', async () => {
    await uninstall(helm);
    expect(await claims()).toMatchObject([0, 1, 2].map((i) => ({ name: `data-${NAME}-${i}`, phase: 'Bound' })));
  });

  it('rolls as a Deployment too, where the spool is ephemeral', async () => {
    await install(helm, 'spool.medium=ephemeral', 'replicas=2');
    traffic = await Traffic.start(NAME);
    await traffic.untilAck('kafka');
    expect(await survivors(2, () => upgrade(helm, 'spool.medium=ephemeral', 'replicas=2', 'config.LOG_LEVEL=debug'))).toEqual([]);
    expect(await traffic.end('upgrade of a Deployment')).toMatchObject({ lost: 0, duplicated: 0, outOfOrder: 0, refused: 0 });
    await uninstall(helm);
  });

  it.skipIf(TEST_HELM3 === '')('is installed, upgraded under load and uninstalled by Helm 3 too, on the volumes of before', async () => {
    const helm3 = helmAt(TEST_HELM3);
    const before = await claims();
    await install(helm3);
    await untilReady(3);
    traffic = await Traffic.start(NAME);
    await traffic.untilAck('kafka');
    expect(await survivors(3, () => upgrade(helm3, 'config.LOG_LEVEL=debug'))).toEqual([]);
    expect(await traffic.end('upgrade by Helm 3')).toMatchObject({ lost: 0, duplicated: 0, outOfOrder: 0, refused: 0 });
    expect(await claims()).toEqual(before);
    await uninstall(helm3);
  });

  it('has sent nothing to the dead letters', async () => {
    expect(await new TopicReader(HOSTS, DEAD_LETTERS).ends()).toEqual([0n]);
  });
});
