import type { CommandSpec } from '../command.ts';
import type { SandboxAsked } from '../sandbox.ts';
import { choice, FILE, TEXT } from '../values.ts';
import { MADE_UP_SECRET } from './made-up-secret.ts';

export const SANDBOX: CommandSpec<SandboxAsked> = {
  name: 'sandbox',
  summary: 'run an S3 store that keeps nothing, for trials only',
  description:
    'Runs an S3 store that really encrypts with SSE-C, on a loopback address, until SIGTERM or SIGINT. FOR TRIALS ONLY: its index is in memory, bodies are in a temporary folder, and all of it is gone when it ends. It speaks TLS, with the certificate given or a new one, or plain HTTP. With --profile obs it is like Huawei OBS: both dialects on one port, virtual hosts only.',
  arguments: [],
  options: [
    {
      flag: '--listen',
      description: 'a loopback address and a port, 0 for any that is free',
      value: { ...TEXT, name: 'host:port' },
      default: '127.0.0.1:9443',
    },
    {
      flag: '--cert',
      description: 'serve with this certificate; "ssec-proxy cert" makes one',
      value: { ...FILE, name: 'file' },
      needs: '--key',
    },
    {
      flag: '--key',
      description: 'the private key of the certificate',
      value: { ...FILE, name: 'file' },
      needs: '--cert',
    },
    {
      flag: '--http',
      description: 'speak plain HTTP, and take SSE-C keys over it, which Amazon S3 does not',
      conflicts: '--cert',
    },
    {
      flag: '--profile',
      description: 'which store it is like: s3, Amazon S3; obs, Huawei OBS',
      value: { ...choice(['s3', 'obs']), name: 'store' },
      default: 's3',
    },
    {
      flag: '--domain',
      description:
        'a name under which the Host header names the bucket, as bucket.NAME; may be given again. Those names must lead to the sandbox, by the hosts file for example. obs.localhost by default with --profile obs',
      value: { ...TEXT, name: 'name' },
      many: true,
    },
    {
      flag: '--bucket',
      description: 'make this bucket; may be given again',
      value: { ...TEXT, name: 'name' },
      many: true,
    },
    {
      flag: '--region',
      description: 'its region',
      value: { ...TEXT, name: 'name' },
      default: 'us-east-1',
    },
    {
      flag: '--access-key-id',
      description: 'the access key id that it knows',
      value: { ...TEXT, name: 'id' },
      default: 'sandbox',
      env: 'SANDBOX_ACCESS_KEY_ID',
    },
    {
      flag: '--secret-access-key',
      description:
        'its secret access key; everyone on the host can see arguments, so a real one goes into the environment',
      value: { ...TEXT, name: 'secret' },
      default: MADE_UP_SECRET,
      env: 'SANDBOX_SECRET_ACCESS_KEY',
    },
  ],
  examples: [
    { does: 'a store with a bucket', line: 'ssec-proxy sandbox --bucket backups' },
    {
      does: 'a store like Huawei OBS; demo.obs.localhost must lead to 127.0.0.1',
      line: 'ssec-proxy sandbox --profile obs --bucket demo',
    },
    {
      does: 'with a certificate that the proxy can be told to trust (upstream.ca: store.crt)',
      line: 'ssec-proxy cert --cert store.crt --key store.key && ssec-proxy sandbox --cert store.crt --key store.key',
    },
  ],
  exitCodes: {
    0: 'it was ended by a signal',
    1: "the address or the certificate can't be used",
    2: 'wrong command line',
  },
  action: async () => (await import('../sandbox.ts')).sandbox,
};
