import { join } from 'node:path';
import type { Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import type { Package } from '../install.ts';
import { run, runLines } from '../program.ts';
import { type Checksum, deedsOf, type Tool } from '../tool.ts';

const LIBRARY = { title: 'boto3', quick: true };
const PROGRAM = join(import.meta.dirname, 'boto3_client.py');

/** The second brings CRC32C and CRC64NVME. */
export const BOTO3: Package = { kind: 'pypi', names: ['boto3', 'awscrt'], command: 'python' };

export const boto3: readonly Client[] = [
  {
    id: 'boto3',
    ...LIBRARY,
    from: BOTO3,
    deeds: (target) => deeds(target, ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']),
  },
  {
    id: 'boto3-debian',
    ...LIBRARY,
    from: { kind: 'debian', name: 'python3-boto3', command: 'python3' },
    deeds: (target) => deeds(target, ['CRC32', 'SHA1', 'SHA256']),
  },
];

function deeds(target: Target, checksums: readonly Checksum[]): Deeds {
  return deedsOf({ ...boto3Tool(target, target.program), checksums });
}

/** One process a deed. @param program a Python that has it */
export function boto3Tool(target: Target, program: string): Required<Pick<Tool, 'get' | 'list'>> & Tool {
  const env = {
    HOME: target.folder,
    S3_ENDPOINT: target.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_DEFAULT_REGION: target.region,
    AWS_ACCESS_KEY_ID: target.accessKeyId,
    AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
    AWS_CA_BUNDLE: target.caFile,
  };
  const boto = async (verb: string, ...args: readonly string[]): Promise<void> =>
    void (await run(program, [PROGRAM, verb, ...args], { env }));
  const ask = (verb: string, ...args: readonly string[]): Promise<string[]> =>
    runLines(program, [PROGRAM, verb, ...args], { env });
  return {
    put: (file, to) => boto('put', file, to.bucket, to.objectKey),
    putStream: async (file, to) =>
      void (await run(program, [PROGRAM, 'put_stream', to.bucket, to.objectKey], { env, input: file })),
    putChecked: (file, to, checksum) => boto('put_checked', file, to.bucket, to.objectKey, checksum),
    get: (from, file) => boto('get', from.bucket, from.objectKey, file),
    range: (from, first, last, file) =>
      boto('range', from.bucket, from.objectKey, String(first), String(last), file),
    size: async (of) => Number((await ask('size', of.bucket, of.objectKey))[0]),
    list: (bucket, prefix) => ask('list', bucket, prefix),
    link: async (to) => (await ask('link', to.bucket, to.objectKey))[0] ?? '',
    copy: (from, to) => boto('copy', ...both(from, to)),
    remove: (at) => boto('remove', at.bucket, at.objectKey),
    removeAll: (bucket, prefix) => boto('remove_all', bucket, prefix),
  };
}

function both(from: Place, to: Place): string[] {
  return [from.bucket, from.objectKey, to.bucket, to.objectKey];
}
