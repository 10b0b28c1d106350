import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { run, runLines } from '../program.ts';
import { deedsOf } from '../tool.ts';

const COMMAND_LINE = { title: 's3cmd', quick: true, deeds };

export const s3cmd: readonly Client[] = [
  { id: 's3cmd', ...COMMAND_LINE, from: { kind: 'pypi', names: ['s3cmd'], command: 's3cmd' } },
  { id: 's3cmd-debian', ...COMMAND_LINE, from: { kind: 'debian', name: 's3cmd', command: 's3cmd' } },
];

async function deeds(target: Target): Promise<Deeds> {
  const settings = join(target.folder, 's3cmd.conf');
  await writeFile(settings, settingsOf(target), { mode: 0o600 });
  const env = { HOME: target.folder };
  const ask = (...args: readonly string[]): Promise<string[]> =>
    runLines(target.program, ['-c', settings, ...args], { env });
  const s3cmd = async (...args: readonly string[]): Promise<void> => void (await ask(...args));
  return deedsOf({
    put: (file, to) => s3cmd('put', file, url(to)),
    putStream: async (file, to) =>
      void (await run(target.program, ['-c', settings, 'put', '-', url(to)], { env, input: file })),
    get: (from, file) => s3cmd('get', '--force', url(from), file),
    size: async (of) => {
      const lines = await ask('info', url(of));
      return Number(/^ *File size: *(\d+)$/m.exec(lines.join('\n'))?.[1]);
    },
    list: async (bucket, prefix) => {
      const lines = await ask('ls', '--recursive', `s3://${bucket}/${prefix}`);
      return lines.map((line) => line.slice(line.indexOf('s3://') + `s3://${bucket}/`.length));
    },
    link: async (to) => (await ask('signurl', url(to), '+600'))[0] ?? '',
    copy: (from, to) => s3cmd('cp', url(from), url(to)),
    move: (from, to) => s3cmd('mv', url(from), url(to)),
    remove: (at) => s3cmd('del', url(at)),
    removeAll: (bucket, prefix) => s3cmd('del', '--recursive', `s3://${bucket}/${prefix}`),
    syncUp: (folder, bucket, prefix) => s3cmd('sync', `${folder}/`, `s3://${bucket}/${prefix}`),
    syncDown: async (bucket, prefix, folder) => {
      await mkdir(folder, { recursive: true });
      await s3cmd('sync', `s3://${bucket}/${prefix}`, `${folder}/`);
    },
  });
}

function settingsOf({ accessKeyId, secretAccessKey, authority, scheme, caFile, region }: Target): string {
  return `[default]
access_key = ${accessKeyId}
secret_key = ${secretAccessKey}
host_base = ${authority}
host_bucket = ${authority}
use_https = ${scheme === 'https' ? 'True' : 'False'}
signurl_use_https = ${scheme === 'https' ? 'True' : 'False'}
ca_certs_file = ${caFile}
bucket_location = ${region}
max_retries = 0
progress_meter = False
`;
}

function url({ bucket, objectKey }: Place): string {
  return `s3://${bucket}/${objectKey}`;
}
