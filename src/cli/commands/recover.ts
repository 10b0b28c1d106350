import type { CommandSpec } from '../command.ts';
import type { RecoverAsked } from '../recover.ts';
import { FILE, s3Url, TEXT } from '../values.ts';
import { CONFIG } from './config-argument.ts';

export const RECOVER: CommandSpec<RecoverAsked> = {
  name: 'recover',
  summary: 'find out which key opens an object, and how to read it without the proxy',
  description:
    'Asks the store which key of the config opens an object, and prints which. Nothing is changed. With --reveal it prints the AWS CLI command, the rclone config and the headers that read the object without the proxy. THEY HOLD THE KEY: anyone who has the output has the key.',
  arguments: [
    CONFIG,
    { name: 'object', description: 'the URL of an object, s3://bucket/key', value: s3Url('object') },
  ],
  options: [
    {
      flag: '--version-id',
      description: 'a version that is not the current one',
      value: { ...TEXT, name: 'id' },
    },
    { flag: '--reveal', description: 'print how to read it, WITH THE KEY, to a terminal' },
    { flag: '--yes', description: 'with --reveal: to a pipe or a file too' },
    {
      flag: '--write-key',
      description:
        'with --reveal: write the 32 bytes of the key to a new file that only its owner can read, which the AWS CLI command then names; in its arguments everyone on the host could see the key',
      value: { ...FILE, name: 'file' },
      needs: '--reveal',
    },
  ],
  examples: [
    { does: 'which key opens it', line: 'ssec-proxy recover config.yaml s3://backups/db/today' },
    {
      does: 'read it without the proxy',
      line: 'ssec-proxy recover config.yaml s3://backups/db/today --reveal --write-key today.key',
    },
  ],
  exitCodes: { 0: 'it can be read', 1: "it can't", 2: 'wrong command line' },
  needs: 'the store of the bucket with its credentials, and as many keys as there are',
  connects: true,
  action: async () => (await import('../recover.ts')).recover,
};
