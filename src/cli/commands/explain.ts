import { OPERATIONS } from '../../s3/operations.ts';
import type { CommandSpec } from '../command.ts';
import type { ExplainAsked } from '../explain.ts';
import { choice, TEXT } from '../values.ts';
import { CONFIG } from './config-argument.ts';

const OPERATION_NAMES = OPERATIONS.map(({ name }) => name);

export const EXPLAIN: CommandSpec<ExplainAsked> = {
  name: 'explain',
  summary: 'print what would happen to a request, and why',
  description:
    'Prints which rule matches, which keys are used, and what would be sent to the store, decided by the code that serves. Nothing is sent. Keys and signatures are not printed.',
  arguments: [
    CONFIG,
    {
      name: 'url',
      description:
        's3:// for operations of the service, s3://bucket for those of buckets, s3://bucket/key for those of objects',
      value: TEXT,
    },
  ],
  options: [
    {
      flag: '--op',
      description: 'an S3 operation such as GetObject, PutObject, CopyObject or ListObjectsV2',
      value: {
        ...choice(OPERATION_NAMES, { anyCase: true, called: 'known S3 operation' }),
        name: 'operation',
      },
      required: true,
    },
    {
      flag: '--from',
      description: 'the source of a CopyObject or UploadPartCopy, as s3://bucket/key',
      value: { ...TEXT, name: 'url' },
    },
    {
      flag: '--client',
      description:
        'ask for this client: its access key id, or anonymous; if it may not, which rule or grant is the reason, and what to write to allow it',
      value: { ...TEXT, name: 'id' },
    },
    {
      flag: '--prefix',
      description: 'what a list begins with, which is what permissions to list are about',
      value: { ...TEXT, name: 'text' },
    },
  ],
  examples: [
    {
      does: 'which key reads an object',
      line: 'ssec-proxy explain config.yaml s3://backups/db/today --op GetObject',
    },
    {
      does: 'both rules of a copy',
      line: 'ssec-proxy explain config.yaml s3://backups/copy --op CopyObject --from s3://backups/db/today',
    },
    {
      does: 'why a client may not',
      line: 'ssec-proxy explain config.yaml s3://backups/db/today --op PutObject --client velero',
    },
  ],
  exitCodes: {
    0: 'it was explained; a request that would be refused too',
    1: "the config can't be used",
    2: 'wrong command line',
  },
  needs: 'the keys of the buckets that it is about; with --client, the access key ids of clients',
  connects: true,
  action: async () => (await import('../explain.ts')).explain,
};
