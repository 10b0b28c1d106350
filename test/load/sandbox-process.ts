import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';

/** A sandbox in a process of its own: `FOLDER ACCESS_KEY SECRET REGION`. Prints its URL; ends with its standard input. */
const [, , folder = '', accessKeyId = '', secret = '', region = ''] = process.argv;

const sandbox = await startSandbox({
  host: '127.0.0.1',
  port: 0,
  tls: {
    cert: await readFile(join(folder, 'tls.crt'), 'utf8'),
    key: await readFile(join(folder, 'tls.key'), 'utf8'),
  },
  directory: join(folder, 'store'),
  credentials: [{ accessKeyId, secretAccessKey: new Secret(secret) }],
  region,
  onFailure: (error) => process.stderr.write(`the sandbox failed: ${String(error)}\n`),
});
process.stdout.write(`${sandbox.url}\n`);
process.stdin.resume().once('end', () => process.exit(0));
