import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runProgram } from '../e2e/process.ts';
import { formsOf, type Guarded, LeakSearch } from './leaks-search.ts';
import { type Ask, type LeakStand, postPolicy, SECRETS, startLeakStand } from './leaks-stand.ts';
import { sendRaw } from './target-proxy.ts';

const guarded: readonly Guarded[] = Object.entries(SECRETS).map(([name, value]) => ({
  name,
  bytes: Buffer.from(value),
}));

t.test('the search finds what is planted, in every form and in pieces', async (t) => {
  const search = new LeakSearch(guarded);
  t.same(search.find('nothing of interest stands in this text, not even aGVsbG8gd29ybGQhISE='), []);
  for (const { name, bytes } of guarded) {
    for (const [form, text] of Object.entries(formsOf(bytes))) {
      if (text.length < 12) continue;
      const found = search.find(`"${text.slice(-12)}"`);
      if (!found.some((each) => each.startsWith(name))) t.fail(`${name} as ${form} is not found`);
    }
  }
  t.pass(`${guarded.length} secrets`);
});

/** Requests of every kind that the proxy serves. */
const GOOD: readonly Ask[] = [
  { method: 'PUT', target: '/secret' },
  { method: 'PUT', target: '/plain' },
  { method: 'PUT', target: '/secret/a', body: 'body' },
  { method: 'GET', target: '/secret/a' },
  { method: 'HEAD', target: '/secret/a' },
  { method: 'PUT', target: '/secret/b', headers: { 'x-amz-copy-source': '/secret/a' } },
  { method: 'PUT', target: '/plain/b', headers: { 'x-amz-copy-source': '/secret/a' } },
  { method: 'GET', target: '/plain/b' },
  {
    method: 'PUT',
    target: '/secret/a?tagging',
    body: '<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>',
  },
  { method: 'GET', target: '/secret/a?tagging' },
  { method: 'GET', target: '/secret?list-type=2' },
  { method: 'GET', target: '/' },
  { method: 'DELETE', target: '/secret/b' },
];

/** Requests that are refused, by the proxy or by the store, and the status of each. */
const ownKey = SECRETS.clientSsecKey.toString('base64');
const BAD: readonly (readonly [status: number, ask: Ask])[] = [
  [403, { method: 'GET', target: '/secret/a', signed: 'tampered' }],
  [403, { method: 'PUT', target: '/secret/a', signed: 'tampered', body: 'body' }],
  [403, { method: 'GET', target: '/secret/a', signed: 'stranger' }],
  [403, { method: 'GET', target: '/secret/a', signed: 'not' }],
  [403, { method: 'GET', target: '/nobodys/a' }],
  [404, { method: 'GET', target: '/secret/missing' }],
  [400, { method: 'GET', target: '/secret/a', headers: { 'x-amz-security-token': SECRETS.token } }],
  [200, { method: 'GET', target: '/secret/a', signed: 'query' }],
  [200, { method: 'PUT', target: '/secret/a', signed: 'query', body: 'body' }],
  [
    400,
    {
      method: 'GET',
      target: `/secret/a?X-Amz-Security-Token=${encodeURIComponent(SECRETS.token)}`,
      signed: 'query',
    },
  ],
  [
    400,
    {
      method: 'GET',
      target: `/secret/a%2b?AWSAccessKeyId=client&Expires=1&Signature=${encodeURIComponent(SECRETS.token)}`,
      signed: 'not',
    },
  ],
  [
    400,
    { method: 'GET', target: `http://127.0.0.1/secret/a?X-Amz-Signature=${SECRETS.token}`, signed: 'not' },
  ],
  [501, { method: 'PUT', target: '/secret/a?unknown' }],
  [
    400,
    {
      method: 'PUT',
      target: '/secret/a',
      body: 'x',
      headers: {
        'x-amz-server-side-encryption-customer-algorithm': 'AES256',
        'x-amz-server-side-encryption-customer-key': ownKey,
      },
    },
  ],
  [
    411,
    {
      method: 'PUT',
      target: '/secret/a',
      body: 'x',
      headers: { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' },
    },
  ],
  [
    400,
    {
      method: 'GET',
      target: '/secret/a',
      signed: 'not',
      headers: { Authorization: `AWS client:${SECRETS.token}` },
    },
  ],
  [
    400,
    {
      method: 'GET',
      target: '/secret/a',
      signed: 'not',
      headers: { Authorization: `AWS4-HMAC-SHA256 Signature=${SECRETS.token}` },
    },
  ],
  [400, { method: 'GET', target: '/secret/a', signed: 'not', headers: { Authorization: SECRETS.token } }],
  [503, { method: 'GET', target: '/secret/echo' }],
  [503, { method: 'PUT', target: '/secret/echo', body: 'body' }],
  [400, { method: 'GET', target: '/secret/odd' }],
  [503, { method: 'GET', target: '/secret/garbage' }],
  [503, { method: 'GET', target: '/secret/status' }],
];

/** All that a run printed or answered, by where it stood. */
type Printed = Record<string, string>;

async function serveAll(t: Test, { ask, port, adminPort, program }: LeakStand): Promise<Printed> {
  const printed: Printed = {};
  for (const request of GOOD) {
    const answer = await ask(request);
    t.match(answer, /^HTTP\/1\.1 20/, `${request.method} ${request.target}`);
    printed[`${request.method} ${request.target}`] = answer;
  }
  printed.multipart = await multipart(t, ask);
  for (const [index, [status, request]] of BAD.entries()) {
    const answer = await ask(request);
    t.match(
      answer,
      new RegExp(`^HTTP/1\\.1 ${status} `),
      `${index}: ${request.method} ${request.target.slice(0, 30)}`,
    );
    printed[`refusal ${index}`] = answer;
  }
  const { policy, signature } = postPolicy();
  forms.push(
    { name: 'the policy', bytes: Buffer.from(policy) },
    { name: 'its signature', bytes: Buffer.from(signature) },
  );
  const form = ['policy', policy, 'X-Amz-Signature', signature]
    .map((text, i) =>
      i % 2 === 0 ? `--x\r\nContent-Disposition: form-data; name="${text}"\r\n\r\n` : `${text}\r\n`,
    )
    .join('');
  printed.form = await ask({
    method: 'POST',
    target: '/secret',
    headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
    body: `${form}--x--\r\n`,
  });
  t.match(printed.form, /^HTTP\/1\.1 400 /);
  const broken = `GET /secret/a?X-Amz-Signature=${SECRETS.token} HTTP/1.1\r\nAuthorization : ${SECRETS.token}\r\n\r\n`;
  printed.broken = (await sendRaw({ port, pieces: [broken] })).received;
  t.match(printed.broken, /^HTTP\/1\.1 400 /);
  for (const path of ['metrics', 'readyz', 'healthz', `x?X-Amz-Signature=${SECRETS.token}`])
    printed[path.slice(0, 7)] = await (await fetch(`http://127.0.0.1:${adminPort}/${path}`)).text();
  t.match(printed.metrics, /ssec_proxy_requests_total/);
  await program.until(/the store answered with status 99/);
  return printed;
}

const forms: Guarded[] = [];

async function multipart(t: Test, ask: LeakStand['ask']): Promise<string> {
  const created = await ask({ method: 'POST', target: '/secret/m?uploads' });
  const uploadId = /<UploadId>([^<]+)</.exec(created)?.[1] ?? '';
  const query = `uploadId=${encodeURIComponent(uploadId)}`;
  const part = await ask({ method: 'PUT', target: `/secret/m?partNumber=1&${query}`, body: 'body' });
  const etag = /etag: "([^"]+)"/i.exec(part)?.[1] ?? '';
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
  const listed = await ask({ method: 'GET', target: `/secret/m?${query}` });
  const completed = await ask({ method: 'POST', target: `/secret/m?${query}`, body });
  t.match(completed, /^HTTP\/1\.1 200 .*<ETag>/s);
  return [created, part, listed, completed].join('\n');
}

/** Configs with slips in them, right beside secrets. (Where a name belongs, what stands there is printed as one.) */
const SLIPS: Readonly<Record<string, (config: string) => string>> = {
  'as it is': (config) => config,
  'a quote that is not closed': (config) => config.replace('{ env: OWNER_SECRET }', `"${SECRETS.owner}`),
  'a secret in the file': (config) => config.replace('{ env: OWNER_SECRET }', `"${SECRETS.owner}"`),
  'a secret in a list': (config) => config.replace('{ env: OWNER_SECRET }', `["${SECRETS.owner}"]`),
  'a secret for a variable': (config) => config.replace('env: OWNER_SECRET', `env: "${SECRETS.owner}"`),
  'an SSE-C key in the file': (config) =>
    config.replace('{ file: a.key }', `"${SECRETS.ssecKey.toString('base64')}"`),
  'an SSE-C key as a fingerprint': (config) =>
    config.replace('file: a.key', `file: a.key, fingerprint: "${SECRETS.ssecKey.toString('hex')}"`),
  'a file of another format': (config) =>
    config.replace('file: a.key', 'file: client.secret, format: base64'),
  'a tab in front': (config) => config.replace('  credentials', '\tcredentials'),
};

async function runCommands(t: Test, { folder, config }: LeakStand): Promise<Printed> {
  const text = await readFile(config, 'utf8');
  const runs: [string, string[]][] = [];
  for (const [index, [name, slip]] of Object.entries(SLIPS).entries()) {
    const file = join(folder, `slip-${index}.yaml`);
    await writeFile(file, slip(text), { mode: 0o600 });
    t.equal(slip(text) === text, index === 0, name);
    runs.push([`check: ${name}`, ['check', file]]);
  }
  for (const op of ['GetObject', 'PutObject', 'UploadPart'])
    runs.push([op, ['explain', config, 's3://secret/a', '--op', op]]);
  runs.push([
    'CopyObject',
    ['explain', config, 's3://secret/a', '--op', 'CopyObject', '--from', 's3://secret/b'],
  ]);
  runs.push(
    ['serve', ['serve', join(folder, 'slip-1.yaml')]],
    ['keygen', ['keygen', join(folder, 'made.key')]],
  );
  const printed: Printed = {};
  for (let at = 0; at < runs.length; at += 4) {
    await Promise.all(
      runs.slice(at, at + 4).map(async ([name, args]) => {
        const program = runProgram(t, args, { OWNER_SECRET: SECRETS.owner });
        await program.exited;
        printed[name] = program.stdout() + program.stderr();
        t.ok(printed[name], `${name} prints`);
      }),
    );
  }
  forms.push({ name: 'the key of keygen', bytes: await readFile(join(folder, 'made.key')) });
  return printed;
}

t.test('no key, secret, signature, token or policy is printed by a whole run', async (t) => {
  const stand = await startLeakStand(t);
  const printed = { ...(await serveAll(t, stand)), ...(await runCommands(t, stand)) };
  const { program } = stand;
  await writeFile(join(stand.folder, 'a.key'), SECRETS.clientSsecKey);
  program.child.kill('SIGHUP');
  await program.until(/reload|refused|changed/i);
  program.child.kill('SIGUSR2');
  await program.exited;
  t.match(program.stderr(), /crash of the test/, 'the crash was one');
  t.match(program.stdout(), /"level":"info".*"op":"CompleteMultipartUpload"/);
  Object.assign(printed, { log: program.stdout(), 'standard error': program.stderr() });
  t.ok(stand.signatures.length > 40, `${stand.signatures.length} signatures`);
  const search = new LeakSearch([...guarded, ...forms, ...stand.signatures]);
  for (const [where, text] of Object.entries(printed)) t.same(search.find(text), [], where);
});
