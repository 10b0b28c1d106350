import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Secret } from '../../src/secret.ts';
import { sdkSigner } from '../support/signers.ts';
import { eventually, exchangeOf, httpStore, startWire } from './wire.ts';

const CLIENTS = `
  - { accessKeyId: client, secretAccessKey: client-secret-for-tests }
  - { accessKeyId: short, secretAccessKey: short_secret.of-a-client, upstream: { accessKeyId: there, secretAccessKey: at-the-store } }
  - { accessKeyId: reader, secretAccessKey: reader-secret-for-tests, allow: [{ bucket: plain, actions: [read] }] }`;
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** Looks like a secret access key that somebody gave as the id. */
const SWAPPED = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00';

interface Row {
  readonly what: string;
  readonly method?: string;
  readonly path?: string;
  readonly id?: string;
  readonly secret?: string;
  readonly skewSeconds?: number;
  readonly change?: (headers: Record<string, string>) => void;
  readonly line: Readonly<Record<string, unknown>>;
}

const ROWS: readonly Row[] = [
  {
    what: 'a wrong secret',
    secret: 'turned over',
    line: {
      code: 'SignatureDoesNotMatch',
      claimed: 'client',
      bucket: 'plain',
      objectKey: 'a',
      cause: /secret access key/,
    },
  },
  {
    what: 'an unknown id',
    id: 'nobody',
    line: {
      code: 'InvalidAccessKeyId',
      claimed: 'nobody',
      bucket: 'plain',
      cause: /no client of the config/,
    },
  },
  {
    what: 'a secret in the place of the id',
    id: SWAPPED,
    line: { code: 'InvalidAccessKeyId', claimed: undefined, cause: /no client of the config/ },
  },
  ...['short_secret.of-a-client', 'at-the-store'].map(
    (id): Row => ({
      what: `a secret of the config that looks like an id: ${id}`,
      id,
      line: { code: 'InvalidAccessKeyId', claimed: undefined, cause: /no client of the config/ },
    }),
  ),
  {
    what: 'the same in a link',
    path: `/plain/a?AWSAccessKeyId=at-the-store&Expires=1&Signature=x`,
    change: (headers) => delete headers['authorization'],
    line: { claimed: undefined, cause: /./ },
  },
  {
    what: 'a clock that is wrong',
    skewSeconds: 3600,
    line: {
      code: 'RequestTimeTooSkewed',
      claimed: 'client',
      cause: /clock of the client is \d+ seconds ahead/,
    },
  },
  {
    what: 'no signature',
    change: (headers) => delete headers['authorization'],
    line: { code: 'AccessDenied', claimed: undefined, bucket: 'plain', cause: /no signature/ },
  },
  {
    what: 'a header that is not signed',
    change: (headers) => {
      headers['x-amz-meta-a'] = 'b';
    },
    line: { code: 'AccessDenied', claimed: 'client', cause: /did not sign x-amz-meta-a/ },
  },
  {
    what: 'another scheme',
    change: (headers) => {
      headers['authorization'] = 'Basic Y2xpZW50OnNlY3JldA==';
    },
    line: { code: 'InvalidArgument', claimed: undefined, cause: /Unsupported Authorization Type/ },
  },
  {
    what: 'a scope of another service',
    change: (headers) => {
      headers['authorization'] = headers['authorization']?.replace('/s3/', '/ec2/') ?? '';
    },
    line: { code: 'AuthorizationHeaderMalformed', claimed: 'client', cause: /incorrect service/ },
  },
  {
    what: 'a session token that nobody gave',
    change: () => undefined,
    path: '/plain/a?X-Amz-Signature=0',
    line: { code: 'InvalidArgument', cause: /Only one auth mechanism/ },
  },
  {
    what: 'an expired link',
    path: `/plain/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=client%2F20200101%2Feu-test-1%2Fs3%2Faws4_request&X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=${'0'.repeat(64)}`,
    change: (headers) => delete headers['authorization'],
    line: { code: 'AccessDenied', claimed: 'client', cause: /expired \d+ seconds ago/ },
  },
  {
    what: 'a bucket that no rule names',
    path: '/elsewhere/a',
    line: { code: 'AccessDenied', client: 'client', cause: /no rule matches, and default: deny/ },
  },
  {
    what: 'a missing grant',
    method: 'DELETE',
    id: 'reader',
    secret: 'reader-secret-for-tests',
    line: { code: 'AccessDenied', client: 'reader', cause: /has the action delete/ },
  },
  {
    what: 'an administration without admin',
    method: 'DELETE',
    path: '/plain',
    id: 'reader',
    secret: 'reader-secret-for-tests',
    line: { code: 'AccessDenied', client: 'reader', cause: /DeleteBucket needs admin: true/ },
  },
  {
    what: 'a path that is none',
    path: '/plain/%zz?X-Amz-Signature=do-not-show',
    line: { code: 'InvalidURI', path: '/plain/%zz', bucket: undefined, cause: /./ },
  },
];

t.test('a refusal says in the log who asked, for what, with what, and why it was refused', async (t) => {
  const store = await httpStore(t, (_request, response) => response.end());
  const wire = await startWire(t, { port: store.port, auth: 'sigv4', clients: CLIENTS });
  for (const row of ROWS) {
    const { method = 'GET', path = '/plain/a', id = 'client', secret = 'client-secret-for-tests' } = row;
    const { skewSeconds = 0, change, line } = row;
    const headers = await sdkSigner(
      {
        method,
        path: path.split('?')[0] ?? '',
        query: {},
        headers: { host: 'proxy.test', 'x-amz-content-sha256': EMPTY },
      },
      {
        credentials: { accessKeyId: id, secretAccessKey: new Secret(secret) },
        region: 'eu-test-1',
        now: new Date(Date.now() + 1000 * skewSeconds),
      },
    );
    change?.(headers);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const seen = wire.log.length;
    await exchangeOf(
      t,
      wire.port,
      [`${method} ${path} HTTP/1.1`, ...lines, 'User-Agent: aws-cli/2.0 test'],
      '',
    );
    await eventually(() => wire.log.length > seen);
    const said = wire.log[seen] ?? {};
    t.match(
      said,
      { ...line, outcome: 'refused', level: 'info', userAgent: 'aws-cli/2.0 test', remote: /127\.0\.0\.1/ },
      row.what,
    );
    for (const [name, value] of Object.entries(line))
      if (value === undefined) t.notOk(name in said, `${row.what}: no ${name}`);
    t.notMatch(JSON.stringify(said), /do-not-show|wJalrXUtn|for-tests|Signature=/, `${row.what}: no secret`);
  }
});

t.test('no refusal of ours is without its cause for the log', async (t) => {
  const source = join(import.meta.dirname, '../../src');
  const bare = globSync('**/*.ts', { cwd: source }).filter(
    (path) =>
      !/^(?:sandbox|doctor|store-client)\//.test(path) &&
      /S3Error\(\s*'AccessDenied',\s*'Access Denied',?\s*\)/.test(readFileSync(join(source, path), 'utf8')),
  );
  t.same(bare, [], 'a bare Access Denied tells an operator nothing: give it a reason');
});
