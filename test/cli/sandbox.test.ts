import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import t from 'tap';
import { ask } from '../../src/cli/demo/request.ts';
import { sandbox } from '../../src/cli/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { folderOf, type Program, runProgram } from '../e2e/process.ts';
import { auditKey, clientOf } from '../support/audit-stand.ts';
import { commandLine } from '../support/command.ts';
import { ran } from '../support/io.ts';

type Test = Parameters<typeof runProgram>[0];

/** A row of what it prints. */
const row = (text: string, name: string): string =>
  new RegExp(`^ {2}${name} +(.+)$`, 'm').exec(text)?.[1] ?? '';

async function start(t: Test, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const program = runProgram(t, ['sandbox', '--listen', '127.0.0.1:0', ...args], env);
  const text = await program.until(/Stop with Ctrl-C/);
  return { program, text, endpoint: row(text, 'endpoint') };
}

async function ended({ child, exited }: Program, signal: NodeJS.Signals) {
  child.kill(signal);
  return await exited;
}

t.test(
  'makes a certificate, prints all that a client needs, has the buckets, and leaves nothing behind',
  async (t) => {
    const folder = await folderOf(t, {});
    const { program, text, endpoint } = await start(
      t,
      ['--bucket', 'one', '--bucket', 'two', '--bucket', 'one'],
      {
        TMPDIR: folder,
      },
    );
    t.match(text, /^FOR TRIALS ONLY: .* gone when it ends\.$/m);
    t.match(endpoint, /^https:\/\/127\.0\.0\.1:\d+$/);
    t.equal(row(text, 'buckets'), 'one, two');
    const asking = {
      base: endpoint,
      ca: readFileSync(row(text, 'CA'), 'utf8'),
      region: row(text, 'region'),
      credentials: {
        accessKeyId: row(text, 'access key id'),
        secretAccessKey: new Secret(row(text, 'secret access key')),
      },
    };
    t.match(await ask({ ...asking, method: 'PUT', path: '/one/a', body: 'hello' }), { status: 200 });
    t.match(await ask({ ...asking, method: 'GET', path: '/one/a' }), { status: 200, answer: 'hello' });
    t.match(await ask({ ...asking, method: 'HEAD', path: '/two' }), { status: 200 });
    t.same(await ended(program, 'SIGTERM'), [0, null]);
    t.equal(program.stderr(), '');
    t.same(await readdir(folder), []);
  },
);

t.test('takes a certificate, a region and credentials, and prints no secret that was given', async (t) => {
  const folder = await folderOf(t, {});
  const pair = ['--cert', join(folder, 'tls.crt'), '--key', join(folder, 'tls.key')];
  t.equal((await ran(commandLine('cert'), ['localhost', ...pair])).code, 0);
  const secret = 'given-secret-for-tests';
  const env = { SANDBOX_ACCESS_KEY_ID: 'given', SANDBOX_SECRET_ACCESS_KEY: secret };
  const { program, text, endpoint } = await start(
    t,
    [...pair, '--region', 'eu-test-1', '--bucket', 'one'],
    env,
  );
  t.equal(row(text, 'access key id'), 'given');
  t.equal(row(text, 'CA'), join(folder, 'tls.crt'));
  t.notOk(text.includes(secret));
  const credentials = { accessKeyId: 'given', secretAccessKey: new Secret(secret) };
  const ca = readFileSync(join(folder, 'tls.crt'), 'utf8');
  const base = endpoint.replace('127.0.0.1', 'localhost');
  const asking = { base, ca, credentials, region: 'eu-test-1', method: 'GET', path: '/one' };
  t.match(await ask(asking), { status: 200 });
  t.match(await ask({ ...asking, credentials: { ...credentials, secretAccessKey: new Secret('wrong') } }), {
    status: 403,
  });
  t.same(await ended(program, 'SIGINT'), [0, null]);
});

t.test('--http takes objects under an SSE-C key over plain HTTP', async (t) => {
  const { endpoint, program } = await start(t, ['--http', '--bucket', 'one']);
  t.match(endpoint, /^http:\/\/127/);
  const credentials = { accessKeyId: 'sandbox', secretAccessKey: new Secret('sandbox-secret') };
  const client = clientOf(Number(new URL(endpoint).port), { upstream: { credentials, region: 'us-east-1' } });
  t.teardown(() => client.close());
  const { base64, md5 } = auditKey('test');
  const headers = {
    'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    'x-amz-server-side-encryption-customer-key': base64,
    'x-amz-server-side-encryption-customer-key-md5': md5,
  };
  const object = { bucket: 'one', objectKey: 'a' };
  const status = async (request: Parameters<typeof client.send>[0]): Promise<number | undefined> => {
    const response = await client.send(request);
    response.resume();
    return response.statusCode;
  };
  t.equal(await status({ ...object, method: 'PUT', headers, body: Buffer.from('x') }), 200);
  t.equal(await status({ ...object, method: 'GET', headers }), 200);
  t.equal(await status({ ...object, method: 'GET' }), 400, 'it is encrypted');
  t.same(await ended(program, 'SIGTERM'), [0, null]);
});

t.test('--profile obs is a store like OBS, under virtual hosts that the certificate is for', async (t) => {
  const { program, text, endpoint } = await start(t, ['--profile', 'obs', '--bucket', 'one']);
  t.equal(row(text, 'like'), 'Huawei OBS');
  t.equal(row(text, 'buckets are at'), 'BUCKET.obs.localhost');
  const negotiate = async (host: string) => {
    const asking = httpsRequest(`${endpoint}/?apiversion`, {
      method: 'HEAD',
      ca: readFileSync(row(text, 'CA')),
      servername: host,
      headers: { host },
      agent: false,
    }).end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    response.resume();
    return response;
  };
  t.equal((await negotiate('one.obs.localhost')).headers['x-obs-api'], '3.0');
  t.equal((await negotiate('two.obs.localhost')).statusCode, 404);
  t.same(await ended(program, 'SIGTERM'), [0, null]);
  const own = await start(t, ['--profile', 'obs', '--domain', 'Obs.Store.test']);
  t.equal(row(own.text, 'buckets are at'), 'BUCKET.obs.store.test');
});

t.test('listens on loopback only, and says what it cannot do', async (t) => {
  const folder = await folderOf(t, { a: 'nonsense' });
  const wrong: [args: string[], code: number, message: RegExp][] = [
    [['--listen', '0.0.0.0:0'], 2, /listens on loopback only, not on 0\.0\.0\.0/],
    [['--listen', 'example.org:9443'], 2, /loopback only/],
    [['--listen', '9443'], 2, /--listen takes host:port/],
    [['--listen', '127.0.0.1:0', '--bucket', 'No'], 2, /--bucket: The specified bucket is not valid/],
    [['--access-key-id', 'a/b'], 2, /an access key id has no/],
    [['--profile', 'oss'], 2, /It is one of s3, obs/],
    [['--domain', 'https://a'], 2, /--domain takes a host name/],
    [['--cert', 'none', '--key', 'none'], 1, /none cannot be read: no such file/],
    [
      ['--cert', join(folder, 'a'), '--key', join(folder, 'a')],
      1,
      /not a PEM certificate and its private key/,
    ],
  ];
  for (const [args, code, message] of wrong)
    t.match(await ran(commandLine('sandbox'), args), { code, stdout: '', stderr: message }, args.join(' '));
  const first = await start(t, []);
  const { host } = new URL(first.endpoint);
  t.match(await ran(commandLine('sandbox'), ['--listen', host]), {
    code: 1,
    stderr: /cannot listen at [^ ]+: EADDRINUSE/,
  });
});

t.test('takes IPv6', async (t) => {
  const asked = {
    listen: '[::1]:0',
    http: true,
    profile: 's3' as const,
    domain: [],
    bucket: [],
    region: 'r',
    accessKeyId: 'a',
    secretAccessKey: 'b',
  };
  const out: string[] = [];
  const io = { stdout: { write: (text: string) => out.push(text) }, stderr: { write: () => {} } };
  const code = await sandbox({ ...asked, cert: undefined, key: undefined }, io, Promise.resolve());
  t.equal(code, 0);
  t.match(out.join(''), /endpoint +http:\/\/\[::1\]:\d+/);
});
