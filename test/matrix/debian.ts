import { join } from 'node:path';
import type { Installed } from './install.ts';
import { run } from './program.ts';

/** Installs a Debian package, unless it is there. */
export async function fromDebian(name: string, command: string): Promise<Installed> {
  if ((await debianVersion(name)) === undefined) await aptInstall([name]);
  return { program: join('/usr/bin', command), version: (await debianVersion(name)) ?? '' };
}

/** Debian packages, which root alone can install. */
export async function aptInstall(names: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  if (process.getuid?.() !== 0) throw new Error(`root must install ${names.join(' ')}`);
  await run('apt-get', ['update', '-qq'], { env, timeout: 300_000 });
  const options = ['install', '-y', '-qq', '--no-install-recommends'];
  await run('apt-get', [...options, ...names], { env, timeout: 600_000 });
}

async function debianVersion(name: string): Promise<string | undefined> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own.
  const query = ['-W', '-f=${Status} ${Version}', name];
  const said = (await run('dpkg-query', query).catch(() => Buffer.of())).toString('utf8');
  return /^install ok installed (?:\d+:)?([^+~-]+)/.exec(said)?.[1];
}
