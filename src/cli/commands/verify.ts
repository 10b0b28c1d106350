import type { CommandSpec } from '../command.ts';
import { FILE, s3Url, wholeNumber } from '../values.ts';
import type { VerifyAsked } from '../verify.ts';
import { CONFIG } from './config-argument.ts';

export const VERIFY: CommandSpec<VerifyAsked> = {
  name: 'verify',
  summary: 'find out whether everything in a bucket is encrypted, and opens with our keys',
  description:
    'Asks the store for the first byte of every version of every object: without a key, which has to fail where a rule encrypts, and with the keys of the config, one of which has to open it. Nothing is changed.',
  arguments: [
    CONFIG,
    {
      name: 'urls',
      description: 's3://bucket or s3://bucket/prefix',
      value: s3Url('place'),
      amount: 'one or more',
    },
  ],
  options: [
    {
      flag: '--concurrency',
      description: 'versions that are looked at at once, 1 to 256',
      value: { ...wholeNumber(1, 256), name: 'n' },
      default: 16,
    },
    {
      flag: '--sample',
      description: 'look at one version in n, by chance',
      value: { ...wholeNumber(1, 1_000_000), name: 'n' },
      default: 1,
    },
    {
      flag: '--json',
      description: 'write JSON Lines to a file: one line per fault, and a summary',
      value: { ...FILE, name: 'file' },
    },
    { flag: '--all', description: 'with --json: one line per version', needs: '--json' },
    {
      flag: '--html',
      description: 'write a report for a browser, in one file',
      value: { ...FILE, name: 'file' },
    },
  ],
  examples: [
    { does: 'look at a bucket', line: 'ssec-proxy verify config.yaml s3://backups' },
    {
      does: 'look at one version in 100, and write a report',
      line: 'ssec-proxy verify config.yaml s3://backups/db/ --sample 100 --html report.html',
    },
  ],
  exitCodes: {
    0: 'everything is encrypted and readable',
    1: 'something under an encrypting rule is not',
    2: 'wrong command line',
    3: 'it could not be found out',
  },
  needs: 'the store of each bucket with its credentials, and the keys of the rules for it',
  connects: true,
  action: async () => (await import('../verify.ts')).verify,
};
