import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { install } from '../../matrix/install.ts';
import { runLines } from '../../matrix/program.ts';
import { BUCKET, type SyncStand } from './stand.ts';

/** A program with its settings, of Debian's version: takes arguments, gives the lines that it prints. */
export type Tool = (...args: readonly string[]) => Promise<readonly string[]>;

/** A client that waits for a busy machine is no failure. */
const TIMEOUT_MS = 300_000;

/** Of packages that have the names of their programs. */
async function programOf(name: string): Promise<string> {
  const { program, version } = await install({ kind: 'debian', name, command: name }, '');
  console.log(`${name} ${version}`);
  return program;
}

/** The remote is `r:`. */
export async function openRclone({ proxy, caFile, folder }: SyncStand): Promise<Tool> {
  const program = await programOf('rclone');
  const env = {
    HOME: folder,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_R_TYPE: 's3',
    RCLONE_CONFIG_R_PROVIDER: 'Other',
    RCLONE_CONFIG_R_ENDPOINT: `https://${proxy.authorities.https}`,
    RCLONE_CONFIG_R_REGION: 'us-east-1',
    RCLONE_CONFIG_R_ACCESS_KEY_ID: proxy.client.accessKeyId,
    RCLONE_CONFIG_R_SECRET_ACCESS_KEY: proxy.client.secretAccessKey,
  };
  const parts = ['--s3-upload-cutoff', '5M', '--s3-chunk-size', '5M'];
  const all = [
    '--ca-cert',
    caFile,
    '--retries',
    '1',
    '--low-level-retries',
    '1',
    '--transfers',
    '8',
    ...parts,
  ];
  return (...args) => runLines(program, [...all, ...args], { env, timeout: TIMEOUT_MS });
}

export async function openS3cmd({ proxy, caFile, folder }: SyncStand): Promise<Tool> {
  const program = await programOf('s3cmd');
  const settings = join(folder, 's3cmd.conf');
  const { accessKeyId, secretAccessKey } = proxy.client;
  await writeFile(
    settings,
    `[default]
access_key = ${accessKeyId}
secret_key = ${secretAccessKey}
host_base = ${proxy.authorities.https}
host_bucket = ${proxy.authorities.https}
use_https = True
ca_certs_file = ${caFile}
bucket_location = us-east-1
multipart_chunk_size_mb = 5
max_retries = 1
progress_meter = False
`,
    { mode: 0o600 },
  );
  return (...args) =>
    runLines(program, ['-c', settings, ...args], { env: { HOME: folder }, timeout: TIMEOUT_MS });
}

/** In the folder that it is told to work in: of a whole path it would store all folders above. */
export async function openRestic({ proxy, caFile, folder }: SyncStand, cwd: string): Promise<Tool> {
  const program = await programOf('restic');
  const env = {
    HOME: folder,
    AWS_ACCESS_KEY_ID: proxy.client.accessKeyId,
    AWS_SECRET_ACCESS_KEY: proxy.client.secretAccessKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    RESTIC_PASSWORD: 'only-for-the-sync-suite',
    RESTIC_CACHE_DIR: join(folder, 'restic-cache'),
  };
  const all = ['--cacert', caFile, '-r', `s3:https://${proxy.authorities.https}/${BUCKET}/restic`];
  return (...args) => runLines(program, [...all, ...args], { env, cwd, timeout: TIMEOUT_MS });
}
