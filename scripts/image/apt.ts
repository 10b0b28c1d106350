import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

/** Where Debian's packages are: the archive, and its security updates. */
export interface Mirrors {
  readonly archive: string;
  readonly security: string;
  /** They are of a day of the past, and what they signed has expired. */
  readonly dated?: true;
}

/** Releases that are not signed by these are not taken. */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Downloads packages of a release for any architecture, as apt does it: signatures and digests are checked. Nothing of this
 * machine's own packages is read or changed, and root is not needed.
 * @returns the files, by package
 */
export function downloadPackages(
  names: readonly string[],
  { suite, architecture, mirrors }: { suite: string; architecture: string; mirrors: Mirrors },
  folder: string,
): ReadonlyMap<string, string> {
  if (!existsSync(KEYRING)) throw new Error(`${KEYRING} is missing; install debian-archive-keyring`);
  const files = join(folder, 'files');
  for (const path of ['state/lists/partial', 'cache/archives/partial', 'files'])
    mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(join(folder, 'sources.list'), sourcesOf(suite, mirrors));
  const options = Object.entries({
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '-',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Acquire::Check-Valid-Until': mirrors.dated ? 'false' : 'true',
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  run('apt-get', [...options, '--quiet=2', '--error-on=any', 'update']);
  run('apt-get', [...options, '--quiet=2', 'download', ...names], files);
  const found = new Map(readdirSync(files).map((file) => [file.split('_')[0] ?? '', join(files, file)]));
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`apt-get brought no ${missing.join(', ')}`);
  return found;
}

function sourcesOf(suite: string, { archive, security }: Mirrors): string {
  const lines = [`${archive} ${suite}`, `${archive} ${suite}-updates`, `${security} ${suite}-security`];
  return lines.map((line) => `deb [signed-by=${KEYRING}] ${line} main\n`).join('');
}

/** The mirrors from which apt on this machine takes Debian, whatever its release; it need not have asked them yet. */
export function ownMirrors(): Mirrors {
  return mirrorsIn(run('apt-get', ['--print-uris', 'update']));
}

/**
 * @param said lines of `apt-get --print-uris update`. Others than Debian have folders of the same names, but no `-updates` or
 * `-security` in them
 */
export function mirrorsIn(said: string): Mirrors {
  const find = (path: string, suite: string): string => {
    const line = new RegExp(`^'([^' ]+/${path})/+dists/[^/' ]+-${suite}/`, 'm');
    const [, uri] = line.exec(said) ?? [];
    if (uri !== undefined) return uri;
    throw new Error(
      `apt has no mirror of Debian's ${suite}; name both with --archive URL and --security URL`,
    );
  };
  return { archive: find('debian', 'updates'), security: find('debian-security', 'security') };
}
