import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { run, runLines } from '../program.ts';
import { deedsOf } from '../tool.ts';

export const mc: readonly Client[] = [
  {
    id: 'mc',
    title: 'mc',
    quick: false,
    from: { kind: 'go', module: 'github.com/minio/mc', path: '', command: 'mc' },
    deeds,
  },
];

async function deeds(target: Target): Promise<Deeds> {
  const config = join(target.folder, 'mc');
  await mkdir(join(config, 'certs/CAs'), { recursive: true });
  await copyFile(target.caFile, join(config, 'certs/CAs/ca.pem'));
  const env = {
    HOME: target.folder,
    MC_CONFIG_DIR: config,
    MC_HOST_m: `${target.scheme}://${target.accessKeyId}:${target.secretAccessKey}@${target.authority}`,
  };
  const all = ['--quiet', '--no-color'];
  const mc = async (...args: readonly string[]): Promise<void> =>
    void (await run(target.program, [...all, ...args], { env }));
  const ask = async <T>(...args: readonly string[]): Promise<T[]> =>
    (await runLines(target.program, [...all, '--json', ...args], { env })).map(
      (line) => JSON.parse(line) as T,
    );
  return deedsOf({
    put: (file, to) => mc('put', '--part-size', '8MiB', file, alias(to)),
    putStream: async (file, to) =>
      void (await run(target.program, [...all, 'pipe', alias(to)], { env, input: file })),
    get: (from, file) => mc('cp', alias(from), file),
    range: async (from, first, last, file) => {
      // It reads from an offset to the end.
      const tail = await run(target.program, [...all, 'cat', '--offset', String(first), alias(from)], {
        env,
      });
      await writeFile(file, tail.subarray(0, last - first + 1));
    },
    size: async (of) => (await ask<{ size: number }>('stat', alias(of)))[0]?.size ?? -1,
    list: async (bucket, prefix) =>
      (await ask<{ key: string }>('ls', '--recursive', `m/${bucket}/${prefix}`)).map(
        ({ key }) => `${prefix}${key}`,
      ),
    link: async (to) => (await ask<{ share: string }>('share', 'download', alias(to)))[0]?.share ?? '',
    copy: (from, to) => mc('cp', alias(from), alias(to)),
    move: (from, to) => mc('mv', alias(from), alias(to)),
    remove: (at) => mc('rm', alias(at)),
    removeAll: (bucket, prefix) => mc('rm', '--recursive', '--force', `m/${bucket}/${prefix}`),
    syncUp: (folder, bucket, prefix) => mc('mirror', folder, `m/${bucket}/${prefix}`),
    syncDown: (bucket, prefix, folder) => mc('mirror', `m/${bucket}/${prefix}`, folder),
    check: async (folder, bucket, prefix) => {
      const differences = await ask<object>('diff', `${folder}/`, `m/${bucket}/${prefix}`);
      if (differences.length > 0) throw new Error(JSON.stringify(differences[0]));
    },
  });
}

function alias({ bucket, objectKey }: Place): string {
  return `m/${bucket}/${objectKey}`;
}
