import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drive } from '../client.ts';
import { KNOWN_SET } from '../wire/known-set.ts';
import { DRIVERS, installOnce } from './folder.ts';
import { runIn } from './run-in.ts';

export async function prepareJava(group: string, artifact: string, version: string, driver: string): Promise<Drive> {
  const folder = await installOnce(`java-${artifact}-${version}`, async (into) => {
    await writeFile(join(into, 'pom.xml'), pom(group, artifact, version));
    await runIn(into, ['mvn', '-q', '-B', 'dependency:build-classpath', '-Dmdep.outputFile=classpath'], 600);
  });
  const classPath = (await readFile(join(folder, 'classpath'), 'utf8')).trim();
  await runIn(folder, ['javac', '-encoding', 'UTF-8', '-cp', classPath, '-d', folder, join(DRIVERS, driver, 'Send.java')], 120);
  return async (url, token, modes) => {
    await runIn(folder, ['java', '-Xmx256m', '-cp', `${folder}:${classPath}`, 'Send', url, token, KNOWN_SET, ...modes], 60);
  };
}

const pom = (group: string, artifact: string, version: string) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tests</groupId>
  <artifactId>driver</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>${group}</groupId>
      <artifactId>${artifact}</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;
