import { join } from 'node:path';
import { install, type Package } from '../../matrix/install.ts';

/** A real SDK, and how it is run. */
export interface Sdk {
  readonly id: string;
  /** What it does, in the order in which it says so. */
  readonly does: readonly string[];
  /** The command and its arguments, and what it finds in its environment beside the endpoints. */
  readonly ready: (cache: string) => Promise<{ command: readonly string[]; env?: Record<string, string> }>;
}

const HERE = import.meta.dirname;
const JS_V2: Package = { kind: 'npm-package', name: 'aws-sdk', version: '2.1693.0' };
const GO: Package = {
  kind: 'go-program',
  module: 'github.com/aws/aws-sdk-go-v2/service/s3',
  source: join(HERE, 'go'),
  command: 'sdks',
  builds: { sdks: ['build', '.'] },
};

export const SDKS: readonly Sdk[] = [
  {
    id: 'boto3',
    does: [
      'multipart',
      'multipart CRC32',
      'multipart SHA1',
      'multipart SHA256',
      'retries',
      'copy in parts',
      'list header',
      'link',
    ],
    ready: async (cache) => {
      const { program } = await install(
        { kind: 'pypi', names: ['boto3', 'awscrt'], command: 'python' },
        cache,
      );
      return { command: [program, join(HERE, 'boto3_sdk.py')] };
    },
  },
  {
    id: 'sdk-js-v2',
    does: ['multipart', 'retries', 'links'],
    ready: async (cache) => {
      const { program } = await install(JS_V2, cache);
      return { command: [process.execPath, join(HERE, 'sdk_v2.cjs')], env: { SDK_FOLDER: program } };
    },
  },
  {
    id: 'sdk-go-v2',
    does: ['go-multipart', 'go-retries', 'list header', 'link'],
    ready: async (cache) => ({ command: [(await install(GO, cache)).program] }),
  },
];
