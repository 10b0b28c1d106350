import { posix } from 'node:path';
import { parseListenPlace } from '../../config/address.ts';
import type { Path, Report } from '../../config/problem.ts';
import type { Config } from '../../config/schema.ts';
import { isRecord } from '../../json.ts';
import { ACCOUNT_FOLDER, CONFIG_FOLDER, PROFILE_FILE } from '../names.ts';
import { isOfTheImage, isWithin } from './folders.ts';

/** What the profile brings into the sidecar beside its config. */
export interface Brought {
  /** The folders of its Secrets, whose entries are not looked at. */
  readonly secrets: readonly string[];
  /** The entries of the ConfigMap. */
  readonly entries: ReadonlySet<string>;
  /** Has the sidecar the token of the pod's service account? */
  readonly account: boolean;
}

/** Reports what the config names and the sidecar can't have: such a proxy never starts, and its pod waits for it. */
export function checkBrought(config: Config, brought: Brought, report: Report): void {
  for (const { path, file, env } of namedIn(config)) {
    if (env !== undefined)
      report.error(
        path,
        'the sidecar is given no environment variables',
        'take { file: PATH } from a Secret',
      );
    else checkFile(posix.resolve(CONFIG_FOLDER, file), { path, brought, report });
  }
  for (const [index, { address }] of config.listen.entries())
    if (parseListenPlace(address)?.kind !== 'address')
      report.error(['listen', index, 'address'], 'the sidecar can listen at an address only', LISTEN);
  if (config.audit && config.audit.to !== 'stdout')
    report.error(['audit', 'to'], 'no folder of the sidecar can be written', 'write stdout');
}

const LISTEN = 'write one such as 127.0.0.1:8080';

interface Checking {
  readonly path: Path;
  readonly brought: Brought;
  readonly report: Report;
}

function checkFile(file: string, { path, brought, report }: Checking): void {
  const { secrets, entries, account } = brought;
  const folder = [CONFIG_FOLDER, ACCOUNT_FOLDER, ...secrets].find((one) => isWithin(file, one));
  if (folder === undefined) {
    if (!isOfTheImage(file))
      report.error(
        path,
        `nothing is mounted where ${file} is`,
        `add { name: SECRET, path: ${posix.dirname(file)} } to secrets in ${PROFILE_FILE}`,
      );
  } else if (folder === CONFIG_FOLDER) {
    const entry = entryOf(file, folder);
    if (!entries.has(entry)) report.error(path, `the ConfigMap has no entry ${entry}`, 'add it there');
  } else if (folder === ACCOUNT_FOLDER) {
    if (!account)
      report.error(path, 'the sidecar has no files of the service account', 'take the file from a Secret');
  } else if (!/^[^/]+$/.test(entryOf(file, folder)))
    report.error(path, `${file} can't be an entry of the Secret at ${folder}`, `name one as ${folder}/NAME`);
}

/** The kubelet mounts entries as links by way of `..data`. */
function entryOf(file: string, folder: string): string {
  return posix.relative(folder, file).replace(/^\.\.data\//, '');
}

interface Named {
  readonly path: Path;
  readonly file: string;
  readonly env?: string;
}

/** The fields of the config that name a file, wherever they stand. */
const FILES: ReadonlySet<string> = new Set(['file', 'ca', 'cert', 'key', 'clientCa', 'jwt']);

/** All files and variables that a config names. The program of `exec` is not among them: an image may have it. */
export function namedIn(value: unknown, path: Path = []): readonly Named[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => namedIn(entry, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, inner]): readonly Named[] => {
    const at = [...path, name];
    if (name === 'directory' && isRecord(inner))
      return [{ path: at, file: posix.join(String(inner.path), String(inner.name)) }];
    // In clients[].upstreams the names are ids of stores, whose only text is this.
    if (typeof inner !== 'string' || inner === 'same') return namedIn(inner, at);
    if (name === 'env') return [{ path: at, file: '', env: inner }];
    return FILES.has(name) ? [{ path: at, file: inner }] : [];
  });
}
