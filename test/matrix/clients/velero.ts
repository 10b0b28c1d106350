import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Bench } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { veleroLocation } from '../guide.ts';
import { run, runLines } from '../program.ts';
import { BUCKETS } from '../proxy.ts';
import { type Checksum, deedsOf } from '../tool.ts';

const PLUGIN = 'github.com/vmware-tanzu/velero-plugin-for-aws';

export const velero: readonly Client[] = [
  {
    id: 'velero',
    title: "Velero's AWS plugin",
    quick: false,
    from: {
      kind: 'go-program',
      module: PLUGIN,
      source: join(import.meta.dirname, 'velero'),
      command: 'velero',
      // Velero starts whatever is in its folder of plugins.
      builds: {
        velero: ['build'],
        'plugins/velero-plugin-for-aws': ['build', `${PLUGIN}/velero-plugin-for-aws`],
      },
    },
    deeds,
  },
];

const CHECKSUMS: readonly Checksum[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

type Velero = (...args: readonly string[]) => Promise<string[]>;

/** Velero's own plugin manager and backup store over the plugin's process; a backup from end to end is the check. */
async function deeds(target: Target): Promise<Deeds> {
  const env = await configure(target, 'location');
  const ask: Velero = (...args) => runLines(target.program, args, { env });
  const velero = async (...args: readonly string[]): Promise<void> => void (await ask(...args));
  const tool = deedsOf({
    put: (file, to) => velero('put', file, to.objectKey),
    putStream: async (file, to) =>
      void (await run(target.program, ['put', '-', to.objectKey], { env, input: file })),
    checksums: CHECKSUMS,
    putChecked: async (file, to, checksum) => {
      const checking = await configure(target, checksum, { checksumAlgorithm: checksum });
      await run(target.program, ['put', file, to.objectKey], { env: checking });
    },
    get: (from, file) => velero('get', from.objectKey, file),
    list: (_bucket, prefix) => ask('list', prefix),
    link: async (to) => (await ask('link', to.objectKey))[0] ?? '',
    remove: (at) => velero('remove', at.objectKey),
  });
  return {
    ...tool,
    head: (bench) => askWhetherThere(ask, bench),
    list: async (bench) => {
      await tool.list?.(bench);
      await listPrefixes(ask, bench);
    },
    check: (bench) => backUpAndRestore(target, bench),
  };
}

/** Writes the guide's BackupStorageLocation and its credentials, as users do, and gives the environment that names them. */
async function configure(
  target: Target,
  name: string,
  more: Readonly<Record<string, string>> = {},
  prefix = '',
): Promise<Record<string, string>> {
  const location = join(target.folder, `${name}.yaml`);
  const credentials = join(target.folder, 'credentials');
  const caCert = (await readFile(target.caFile)).toString('base64');
  const guide = veleroLocation(target, { bucket: BUCKETS.sealed, objectKey: prefix }, caCert, more);
  await writeFile(location, JSON.stringify(guide));
  const secret = `[default]
aws_access_key_id=${target.accessKeyId}
aws_secret_access_key=${target.secretAccessKey}
`;
  await writeFile(credentials, secret, { mode: 0o600 });
  return {
    HOME: target.folder,
    VELERO_LOCATION: location,
    VELERO_CREDENTIALS: credentials,
    VELERO_PLUGINS: join(dirname(target.program), 'plugins'),
    // The plugin has no setting for it.
    AWS_MAX_ATTEMPTS: '1',
  };
}

/** It asks by HEAD, and is told no size. */
async function askWhetherThere(ask: Velero, bench: Bench): Promise<void> {
  for (const [{ objectKey }, there] of [
    [bench.seeds.large, 'true'],
    [bench.place('never-put'), 'false'],
  ] as const) {
    const [said] = await ask('exists', objectKey);
    if (said !== there) throw new Error(`it says ${said} of whether there is ${objectKey}`);
  }
}

async function listPrefixes(ask: Velero, bench: Bench): Promise<void> {
  const { prefix } = bench.seeds.listed;
  const found = await ask('prefixes', prefix);
  if (found.join() !== `${prefix}e/`) throw new Error(`the common prefixes are ${JSON.stringify(found)}`);
}

/** What Velero stores of a backup: metadata, contents, log and six lists. */
const OBJECTS = 9;

async function backUpAndRestore(target: Target, bench: Bench): Promise<void> {
  const { bucket, objectKey: prefix } = bench.place('backups-of-velero');
  const env = await configure(target, 'backups', {}, prefix);
  const ask: Velero = (...args) => runLines(target.program, args, { env });
  const marker = bench.newMarker();
  await ask('backup', 'nightly', bench.large, marker);
  const stored = await bench.direct.sealedBelow(bucket, `${prefix}/backups/nightly/`);
  if (stored !== OBJECTS) throw new Error(`it stored ${stored} objects`);

  const folder = bench.file('restored');
  await mkdir(folder, { recursive: true });
  const [read] = await ask('restore', 'nightly', folder);
  if (read !== marker) throw new Error(`the metadata says ${read}`);
  bench.same(await readFile(join(folder, 'file')), await readFile(bench.large));

  const tarball = await readFile(join(folder, 'contents.tar.gz'));
  await followLinks(await ask('links', 'nightly'), { tarball, marker }, bench);

  await ask('forget', 'nightly');
  const left = await bench.direct.list(bucket, `${prefix}/`);
  if (left.length > 0) throw new Error(`it leaves ${left.join(', ')}`);
}

/** What is in every list beside the backup. */
const VOLUME = 'matrix-volume';
const LINKS = 7;

/** Each line is what it leads to, and the link. */
async function followLinks(
  lines: readonly string[],
  backup: { readonly tarball: Buffer; readonly marker: string },
  bench: Bench,
): Promise<void> {
  if (lines.length !== LINKS) throw new Error(`there are ${lines.length} download links`);
  for (const line of lines) {
    const [kind = '', link = ''] = line.split(' ');
    const body = await bench.follow(link);
    if (kind === 'BackupContents') {
      bench.same(body, backup.tarball);
      continue;
    }
    const said = gunzipSync(body).toString('utf8');
    if (!said.includes(kind === 'BackupLog' ? backup.marker : VOLUME))
      throw new Error(`the link to ${kind} leads to ${said}`);
  }
}
