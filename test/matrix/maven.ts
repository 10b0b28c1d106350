import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptInstall } from './debian.ts';
import { fingerprint } from './fingerprint.ts';
import type { Installed } from './install.ts';
import { run } from './program.ts';

/** A Java program of ours with the SDK that it is to try, built by Maven. */
export interface MavenProgram {
  readonly kind: 'maven';
  /** With its `pom.xml` and sources. */
  readonly project: string;
  /** Of the project: which SDK, and the main class of the package `matrix`. */
  readonly profile: string;
  /** The SDK's own, whose version is the client's. */
  readonly artifact: string;
  /** The version to use if not everything that the newest needs is available. */
  readonly known: string;
  /** Take that version, and no newer one. */
  readonly pinned?: true;
}

/** Builds it, anew when its source is another. The program is a folder: `classes`, and the jars in `dependency`. */
export async function fromMaven(from: MavenProgram, cache: string): Promise<Installed> {
  const { project, profile, artifact, known, pinned } = from;
  const program = join(cache, 'maven', `${profile}-${await fingerprint(project, known)}`);
  const complete = join(program, 'complete');
  if (!existsSync(complete)) {
    if (!existsSync('/usr/bin/mvn') || !existsSync('/usr/bin/javac'))
      await aptInstall(['maven', 'default-jdk-headless']);
    if (pinned) await build(from, program, cache, known);
    else await build(from, program, cache, 'RELEASE').catch(() => build(from, program, cache, known));
    await writeFile(complete, '');
  }
  return { program, version: versionOf(artifact, await readdir(join(program, 'dependency'))) };
}

/** What follows the artifact's name in that of its jar. */
export function versionOf(artifact: string, jars: readonly string[]): string {
  const versions = jars.map((jar) =>
    jar.startsWith(`${artifact}-`)
      ? /^\d[\w.]*(?=\.jar$)/.exec(jar.slice(artifact.length + 1))?.[0]
      : undefined,
  );
  return versions.find((version) => version !== undefined) ?? '';
}

async function build(
  { project, profile }: MavenProgram,
  folder: string,
  cache: string,
  version: string,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const settings = {
    'client.version': version,
    'build.folder': folder,
    'maven.repo.local': join(cache, 'maven/repository'),
  };
  const options = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  const goals = ['compile', 'dependency:copy-dependencies'];
  const mvn = ['mvn', '-q', '-B', '-f', join(project, 'pom.xml'), `-P${profile}`, ...options, ...goals];
  await run('nice', ['-n', '10', ...mvn], { timeout: 900_000 });
}
