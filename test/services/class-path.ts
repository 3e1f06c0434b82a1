import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheFolder } from './cache.ts';
import { installDebianPackages, isOnPath, MissingService, run } from './commands.ts';

/** The broker lines the tests run against: what is current, and what much of the world still runs. */
export type KafkaLine = '4.x' | '3.x';

/** The jars of a broker, as Maven resolves the line's pom.xml; the answer is kept as long as the pom and the jars are there. */
export function kafkaClassPath(line: KafkaLine): Promise<string> {
  const known = asked.get(line) ?? resolveClassPath(line);
  asked.set(line, known);
  return known;
}

const asked = new Map<KafkaLine, Promise<string>>();

async function resolveClassPath(line: KafkaLine): Promise<string> {
  const pom = join(import.meta.dirname, 'kafka', line, 'pom.xml');
  const digest = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12);
  const cached = join(await cacheFolder(), `kafka-${line}-${digest}.classpath`);
  const known = await readFile(cached, 'utf8').catch(() => '');
  await needJava();
  if (known !== '' && known.split(delimiter).every((jar) => existsSync(jar))) return known;

  console.log(`services: fetching the jars of Kafka ${line} with Maven (once)`);
  const answer = `${cached}.${process.pid}`;
  await run('mvn', ['-q', '-B', '-f', pom, 'dependency:build-classpath', `-Dmdep.outputFile=${answer}`], 600);
  const classPath = (await readFile(answer, 'utf8')).trim();
  await writeFile(cached, classPath);
  return classPath;
}

async function needJava(): Promise<void> {
  if (isOnPath('java') && isOnPath('mvn')) return;
  if (await installDebianPackages(['default-jdk-headless', 'maven'])) return;
  throw new MissingService(
    'Kafka needs Java 17 or newer and Maven (`apt-get install default-jdk-headless maven`), a running Docker, or KAFKA_HOSTS',
  );
}
