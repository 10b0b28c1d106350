import type { Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { run, runLines } from '../program.ts';
import { type Checksum, deedsOf } from '../tool.ts';

const COMMAND_LINE = { title: 'AWS CLI', quick: true };
const CHECKSUMS = ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const;

/** Version 1 is what PyPI has; version 2 comes from Debian. */
export const awscli: readonly Client[] = [
  {
    id: 'awscli',
    ...COMMAND_LINE,
    // The second brings CRC32C and CRC64NVME.
    from: { kind: 'pypi', names: ['awscli', 'awscrt'], command: 'aws' },
    deeds: (target) => deeds(target, [...CHECKSUMS, 'CRC64NVME']),
  },
  {
    id: 'awscli-debian',
    ...COMMAND_LINE,
    from: { kind: 'debian', name: 'awscli', command: 'aws' },
    deeds: (target) => deeds(target, CHECKSUMS),
  },
];

function deeds(target: Target, checksums: readonly Checksum[]): Deeds {
  const env = {
    HOME: target.folder,
    AWS_MAX_ATTEMPTS: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_DEFAULT_REGION: target.region,
    AWS_ACCESS_KEY_ID: target.accessKeyId,
    AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
    AWS_CA_BUNDLE: target.caFile,
  };
  const all = (args: readonly string[]): string[] => ['--endpoint-url', target.endpoint, ...args];
  const aws = (args: readonly string[], input?: string): Promise<Buffer> =>
    run(target.program, all(args), input === undefined ? { env } : { env, input });
  const api = (verb: string, { bucket, objectKey }: Place, ...more: readonly string[]): Promise<Buffer> =>
    aws(['s3api', verb, '--bucket', bucket, '--key', objectKey, ...more]);
  const quietly = ['--only-show-errors'];
  const s3 = async (verb: string, ...args: readonly string[]): Promise<void> =>
    void (await aws(['s3', verb, ...quietly, ...args]));
  return deedsOf({
    put: (file: string, to: Place) => s3('cp', file, url(to)),
    putStream: async (file: string, to: Place) =>
      void (await aws(['s3', 'cp', ...quietly, '-', url(to)], file)),
    checksums,
    putChecked: async (file: string, to: Place, checksum: string) =>
      void (await api('put-object', to, '--body', file, '--checksum-algorithm', checksum)),
    get: (from: Place, file: string) => s3('cp', url(from), file),
    range: async (from: Place, first: number, last: number, file: string) =>
      void (await api('get-object', from, '--range', `bytes=${first}-${last}`, file)),
    size: async (of: Place) => Number(await api('head-object', of, '--query', 'ContentLength')),
    list: async (bucket: string, prefix: string) => {
      const query = ['--prefix', prefix, '--query', 'Contents[].Key', '--output', 'json'];
      const said = await aws(['s3api', 'list-objects-v2', '--bucket', bucket, ...query]);
      return JSON.parse(said.toString('utf8')) as string[];
    },
    link: async (to: Place) => {
      const [link = ''] = await runLines(target.program, all(['s3', 'presign', url(to)]), { env });
      return link;
    },
    copy: (from: Place, to: Place) => s3('cp', url(from), url(to)),
    move: (from: Place, to: Place) => s3('mv', url(from), url(to)),
    remove: (at: Place) => s3('rm', url(at)),
    removeAll: (bucket: string, prefix: string) => s3('rm', '--recursive', `s3://${bucket}/${prefix}`),
    syncUp: (folder: string, bucket: string, prefix: string) =>
      s3('sync', folder, `s3://${bucket}/${prefix}`),
    syncDown: (bucket: string, prefix: string, folder: string) =>
      s3('sync', `s3://${bucket}/${prefix}`, folder),
  });
}

function url({ bucket, objectKey }: Place): string {
  return `s3://${bucket}/${objectKey}`;
}
