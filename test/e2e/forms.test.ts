import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { BOUNDARY, encodeForm, type Part, signForm, signFormV2 } from '../support/forms.ts';
import { CLIENT, READER, signer, startFormStand } from './form-stand.ts';
import { MIB } from './wire.ts';

interface Posted {
  readonly status: number;
  readonly text: string;
  readonly code: string;
  readonly headers: Headers;
}

async function post(url: string, body: Buffer, headers: Record<string, string> = {}): Promise<Posted> {
  const response = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(body),
    redirect: 'manual',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
  });
  const text = await response.text();
  const code = /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? '';
  return { status: response.status, text, code, headers: response.headers };
}

const parts = (fields: Readonly<Record<string, string>>, file: string | Buffer = 'hello'): Part[] => [
  ...Object.entries(fields),
  ['file', file, 'hello.txt'],
];

t.test('stores the file of a form as the rules have it, with its headers', async (t) => {
  const { url, get, disk } = await startFormStand(t);
  const fields = signForm(
    {
      bucket: 'secret',
      fields: {
        key: `up/$\{filename}`,
        'Content-Type': 'text/x',
        'x-amz-meta-a': 'ü',
        success_action_status: '201',
      },
      conditions: [
        ['starts-with', '$key', 'up/'],
        ['starts-with', '$Content-Type', 'text/'],
        ['content-length-range', 1, 9],
      ],
    },
    signer(),
  );
  const { status, text, headers } = await post(`${url}/secret`, encodeForm(parts(fields, 'not on disk')));
  t.equal(status, 400, 'eleven bytes are too many');
  const stored = await post(`${url}/secret`, encodeForm(parts(fields, 'marker')));
  t.equal(stored.status, 201, stored.text);
  t.match(
    stored.text,
    `<PostResponse><Location>${url}/secret/up/hello.txt</Location><Bucket>secret</Bucket>`,
  );
  t.equal(stored.headers.get('location'), `${url}/secret/up/hello.txt`);
  t.match(stored.headers.get('etag'), /^"[0-9a-f]{32}-0"$/);
  t.match(stored.text, /<ETag>&quot;[0-9a-f]{32}-0&quot;<\/ETag>/);
  t.match(text, '<Code>EntityTooLarge</Code>');
  t.ok(headers.get('x-amz-request-id'));
  const got = await get('/secret/up/hello.txt');
  t.equal(await got.text(), 'marker');
  t.equal(got.headers.get('content-type'), 'text/x');
  t.equal(got.headers.get('x-amz-meta-a'), Buffer.from('ü').toString('latin1'));
  t.equal(got.headers.get('x-amz-server-side-encryption-customer-algorithm'), 'AES256');
  t.notMatch(await disk(), createHash('sha256').update('marker').digest('hex'), 'not in plain');
});

t.test('answers 204, 200 and 303 as the form asks', async (t) => {
  const { url } = await startFormStand(t);
  const ask = async (more: Record<string, string>): Promise<Posted> =>
    await post(
      `${url}/plain`,
      encodeForm(parts(signForm({ bucket: 'plain', fields: { key: 'a', ...more } }, signer()))),
    );
  t.match(await ask({}), { status: 204, text: '' });
  t.match(await ask({ success_action_status: '200' }), { status: 200, text: '' });
  const redirected = await ask({ success_action_redirect: 'http://site.test/done?x=y' });
  t.equal(redirected.status, 303);
  t.match(
    redirected.headers.get('location'),
    /^http:\/\/site\.test\/done\?x=y&bucket=plain&key=a&etag=%22[0-9a-f]+%22$/,
  );
  const fields = { key: 'a', success_action_redirect: 'http://site.test/' };
  const encrypted = encodeForm(parts(signForm({ bucket: 'secret', fields }, signer())));
  t.match((await post(`${url}/secret`, encrypted)).headers.get('location'), /&etag=%22[0-9a-f]{32}-0%22$/);
});

t.test('stores an empty file, and nothing of a form that only looks so', async (t) => {
  const { url, get } = await startFormStand(t);
  const fields = signForm({ bucket: 'secret', fields: { key: 'empty' } }, signer());
  const form = encodeForm(parts(fields, ''));
  t.equal(
    (await post(`${url}/secret`, Buffer.from(form.with(form.length - 3, 0x2b)))).code,
    'MalformedPOSTRequest',
  );
  t.equal((await get('/secret/empty')).status, 404);
  t.equal((await post(`${url}/secret`, form)).status, 204);
  t.equal((await (await get('/secret/empty')).text()).length, 0);
});

t.test('refuses every mutant of a form, and the store gets nothing', async (t) => {
  const { url, disk, get } = await startFormStand(t);
  const wanted = {
    bucket: 'plain',
    fields: {
      key: 'open/a',
      acl: 'private',
      'Content-Type': 'text/x',
      'x-amz-meta-a': 'b',
      success_action_status: '201',
    },
  };
  const fields = signForm(wanted, signer());
  const form = parts(fields);
  t.equal((await post(`${url}/plain`, encodeForm(form))).status, 201, 'the form itself is good');
  const before = await disk();
  const refused = async (what: string, body: Buffer, to = '/plain', headers = {}): Promise<void> => {
    const { status, code, text } = await post(`${url}${to}`, body, headers);
    t.ok(status >= 400 && status < 500 && code !== '', `${what}: ${status} ${code}`);
    if (status >= 500) t.comment(text);
  };
  for (const [index, [name, value]] of form.entries()) {
    if (name === 'file') continue;
    const at = (...put: Part[]): Buffer => encodeForm(form.toSpliced(index, 1, ...put));
    await refused(`without ${name}`, at());
    await refused(`another ${name}`, at([name, `${String(value).slice(0, -1)}#`]));
    await refused(`a longer ${name}`, at([name, `${String(value)}A`]));
    await refused(`an empty ${name}`, at([name, '']));
    await refused(`${name} twice`, at([name, value], [name, value]));
    await refused(`another case of ${name}`, at([name, value], [name.toUpperCase(), 'x']));
    await refused(`${name} behind the file`, encodeForm([...form.toSpliced(index, 1), [name, value]]));
  }
  await refused('one more field', encodeForm([['x-amz-meta-more', 'x'], ...form]));
  await refused('no file', encodeForm(form.slice(0, -1)));
  await refused(
    'a button behind more than a megabyte',
    encodeForm([...parts(fields, Buffer.alloc(MIB, 'x')), ['submit', 'x']]),
  );
  await refused('much behind the file', encodeForm([...form, ['submit', 'x'.repeat(21 * 1024)]]));
  await refused(
    'a longer file than the policy allows, with fields behind it',
    encodeForm([
      ...parts(signForm({ ...wanted, conditions: [['content-length-range', 0, 4]] }, signer()), 'hello'),
      ['submit', 'x'],
    ]),
  );
  await refused('another bucket', encodeForm(form), '/secret');
  await refused('a copy', encodeForm([['x-amz-copy-source', '/secret/a'], ...form]));
  await refused('an Authorization header', encodeForm(form), '/plain', {
    authorization: 'AWS4-HMAC-SHA256 x',
  });
  await refused('a query', encodeForm(form), '/plain?acl');
  await refused('another boundary', encodeForm(form, 'other'));
  await refused('no boundary', encodeForm(form), '/plain', { 'content-type': 'multipart/form-data' });
  await refused('no policy', encodeForm(parts({ key: 'open/a' })));
  await refused('version 2, which is off', encodeForm(parts(signFormV2(wanted, signer()))));
  await refused(
    'too long ago',
    encodeForm(parts(signForm({ ...wanted, expiration: '2020-01-01T00:00:00Z' }, signer()))),
  );
  await refused(
    'not allowed',
    encodeForm(parts(signForm({ ...wanted, fields: { key: 'shut/a' } }, signer(READER)))),
  );
  await refused(
    'a stranger',
    encodeForm(parts(signForm(wanted, signer({ ...CLIENT, accessKeyId: 'stranger' })))),
  );
  for (const cut of [1, 2, 40, 70]) await refused(`${cut} bytes short`, encodeForm(form).subarray(0, -cut));
  await refused(
    'a wrong checksum',
    encodeForm(
      parts(signForm({ ...wanted, fields: { key: 'open/b', 'x-amz-checksum-crc32': 'AAAAAA==' } }, signer())),
    ),
  );
  t.equal(await disk(), before, 'the store is as it was');
  t.equal(await (await get('/plain/open/a')).text(), 'hello');
  const allowed = signForm({ ...wanted, fields: { key: 'open/r' } }, signer(READER));
  t.equal((await post(`${url}/plain`, encodeForm(parts(allowed)))).status, 204, 'within its permission');
});

t.test('ignores what stands behind the file', async (t) => {
  const { url, get } = await startFormStand(t);
  const wanted = { bucket: 'secret', fields: { key: 'k', 'x-amz-meta-a': 'b' } };
  const limited = { ...wanted, conditions: [['content-length-range', 5, 5]] };
  const behind: readonly Part[] = [
    ['submit', 'Upload'],
    ['key', 'other'],
    ['x-amz-meta-more', 'x'],
    ['acl', 'public-read'],
    ['success_action_status', '201'],
    ['file', 'second', 's.txt'],
  ];
  const { status } = await post(
    `${url}/secret`,
    encodeForm([...parts(signForm(limited, signer())), ...behind]),
  );
  t.equal(status, 204);
  const got = await get('/secret/k');
  t.equal(await got.text(), 'hello');
  t.equal(got.headers.get('x-amz-meta-a'), 'b');
  t.equal(got.headers.get('x-amz-meta-more'), null);
  t.equal(got.headers.get('x-amz-server-side-encryption-customer-algorithm'), 'AES256');
  t.equal((await get('/secret/other')).status, 404);
});

t.test('takes forms of version 2 where that is on', async (t) => {
  const { url, get } = await startFormStand(t, { sigv2: true });
  const fields = signFormV2({ bucket: 'secret', fields: { key: 'v2' } }, signer());
  t.equal((await post(`${url}/secret`, encodeForm(parts(fields)))).status, 204);
  t.equal(await (await get('/secret/v2')).text(), 'hello');
  const { signature = '' } = fields;
  const changed = signature.replace(/^./, (first) => (first === 'x' ? 'y' : 'x'));
  const wrong = encodeForm(parts({ ...fields, signature: changed }));
  t.equal((await post(`${url}/secret`, wrong)).code, 'SignatureDoesNotMatch');
});

t.test('streams 64 MiB without holding them', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { url, get } = await startFormStand(t);
  const size = 64 * MIB;
  const form = encodeForm(parts(signForm({ bucket: 'secret', fields: { key: 'big' } }, signer()), 'SPLIT'));
  const at = form.indexOf('SPLIT');
  const block = Buffer.alloc(64 * 1024, 'sixteen bytes--\n');
  let most = 0;
  async function* body(): AsyncGenerator<Buffer> {
    yield form.subarray(0, at);
    for (let sent = 0; sent < size; sent += block.length) {
      yield block;
      if (sent % (8 * MIB) !== 0) continue;
      collect();
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    yield form.subarray(at + 5);
  }
  collect();
  const before = process.memoryUsage().arrayBuffers;
  const status = await new Promise<number>((resolve, reject) => {
    const sending = request(
      `${url}/secret`,
      {
        method: 'POST',
        headers: {
          'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
          'content-length': form.length - 5 + size,
        },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sending.on('error', reject);
    void (async () => {
      for await (const chunk of body()) {
        if (!sending.write(chunk)) await new Promise((drained) => sending.once('drain', drained));
      }
      sending.end();
    })();
  });
  t.equal(status, 204);
  t.ok(
    most - before < size / 1.5,
    `${Math.round((most - before) / MIB)} MiB of buffers at most, for client, proxy and store`,
  );
  const got = Buffer.from(await (await get('/secret/big')).arrayBuffer());
  t.equal(got.length, size);
  t.equal(got.equals(Buffer.alloc(size, block)), true);
});
