import type { IncomingMessage, ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import type { Client } from '../../src/clients/client.ts';
import { OPERATIONS } from '../../src/s3/operations.ts';
import { PROVIDERS, type Provider } from '../../src/s3/providers.ts';
import { eventually } from '../e2e/wire.ts';
import { pinnedTo } from '../support/pinned.ts';
import { EVERYTHING, testSsecKey } from '../support/snapshot.ts';
import {
  type Ask,
  ask,
  clientWith,
  type Front,
  SSEC_KEY,
  SSEC_PREFIX,
  type Stub,
  startFront,
  startStub,
} from './support.ts';

const COPY = { 'x-amz-copy-source': '/secret/b' };
const PART = pinnedTo(SSEC_KEY, '/secret/a?partNumber=1&uploadId=u');
const WRITES: Readonly<Record<string, Ask>> = {
  PutObject: { method: 'PUT', target: '/secret/a', body: 'plaintext' },
  CreateMultipartUpload: { method: 'POST', target: '/secret/a?uploads=' },
  UploadPart: { method: 'PUT', target: PART, body: 'plaintext' },
  UploadPartCopy: { method: 'PUT', target: PART, headers: COPY },
  CopyObject: { method: 'PUT', target: '/secret/a', headers: COPY },
  AppendObject: { method: 'POST', target: '/secret/a?append&position=0', body: 'plaintext' },
};
/** One that has every write of the table. */
const APPENDING: Provider = {
  ...PROVIDERS.aws,
  subresourceWrites: [...PROVIDERS.aws.subresourceWrites, 'AppendObject'],
};
const PUT = WRITES.PutObject as Ask;

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const encrypts: Behaviour = (request, response) => {
  const open = request.method === 'HEAD' && request.headers[`${SSEC_PREFIX}key`] === undefined;
  if (request.url?.includes('append')) response.setHeader('etag', '"e"');
  const begins = request.method === 'POST' && request.url?.includes('uploads') === true;
  response.writeHead(open ? 400 : 200).end(begins ? BEGUN : '');
};
const BEGUN = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';
const ignores: Behaviour = (request, response) => {
  for (const name of ['algorithm', 'key-md5']) response.removeHeader(SSEC_PREFIX + name);
  response.end(request.method === 'PUT' ? '<CopyObjectResult/>' : '');
};
/** Encrypts, but never says so. */
const mute: Behaviour = (request, response) => {
  for (const name of ['algorithm', 'key-md5']) response.removeHeader(SSEC_PREFIX + name);
  encrypts(request, response);
};
/** Echoes, and keeps what it is given in plain all the same. */
const lies: Behaviour = (_request, response) => void response.end();

/** A store that misbehaves in the bucket `secret` only, as long as `behaviour` stands. */
async function stand(
  t: Test,
  first: Behaviour,
  provider: Provider = APPENDING,
  clients?: readonly Client[],
): Promise<{ store: Stub; front: Front; become: (next: Behaviour) => void; pass: (ms: number) => void }> {
  let behaviour = first;
  let clock = Date.now();
  const store = await startStub(t, (request, response) => {
    (request.url?.startsWith('/secret/') ? behaviour : encrypts)(request, response);
  });
  const front = await startFront(t, {
    port: store.port,
    provider,
    now: () => new Date(clock),
    ...(clients && { clients }),
  });
  return {
    store,
    front,
    become: (next) => {
      behaviour = next;
    },
    pass: (ms) => {
      clock += ms;
    },
  };
}

const probes = ({ log }: Front) => log.filter(({ msg }) => msg === 'probe of a distrusted bucket');
const probed = (front: Front, times: number) => eventually(() => probes(front).length === times);
const isProbe = ({ url = '' }: { url?: string | undefined }) => url.includes('.ssec-proxy-probe');

t.test('no operation that writes is left out here', async (t) => {
  const writing = OPERATIONS.filter(({ ssec, body }) => ssec === 'write' && body !== 'form');
  t.same(Object.keys(WRITES).toSorted(), writing.map(({ name }) => name).toSorted());
});

for (const [name, write] of Object.entries(WRITES)) {
  t.test(`a store that ignores SSE-C can't take a second write after ${name}`, async (t) => {
    const { store, front } = await stand(t, ignores);
    const first = await ask(t, front.port, write);
    t.match(first, { status: 500, code: 'InternalError' });
    t.match(
      front.log.find(({ level }) => level === 'error'),
      { bucket: 'secret', objectKey: 'a', op: name, fault: /does not echo/ },
    );
    t.match(
      front.log.find(({ code }) => code === 'InternalError'),
      { status: 500, cause: /did not prove/ },
    );
    const metrics = await front.metrics();
    t.match(metrics, /^ssec_proxy_unproven_writes_total 1$/m);
    t.match(metrics, /^ssec_proxy_distrusted_buckets 1$/m);

    await probed(front, 1);
    const before = store.requests.length;
    for (const again of Object.values(WRITES)) {
      t.match(await ask(t, front.port, again), { status: 503, code: 'ServiceUnavailable' });
    }
    t.equal(store.requests.length, before, 'the store sees none of them');
    for (const target of ['/other/a', '/plain/a']) {
      t.match(await ask(t, front.port, { method: 'PUT', target, body: 'x' }), { status: 200 }, target);
    }
    t.match(
      await ask(t, front.port, { method: 'GET', target: '/secret/a' }),
      { status: 403, code: 'AccessDenied' },
      'and what it has in plain does not pass for encrypted',
    );
    t.match(await ask(t, front.port, { method: 'GET', target: '/plain/a' }), { status: 200 }, 'reads go on');
    t.match(await ask(t, front.port, { method: 'DELETE', target: '/secret/a' }), { status: 200 });
  });
}

const OTHER = testSsecKey('other');
const ECHOES: Readonly<Record<string, readonly [algorithm: string | undefined, md5: string | undefined]>> = {
  "another key's MD5": ['AES256', OTHER.md5],
  'an MD5 without the algorithm': [undefined, SSEC_KEY.md5],
  'the algorithm without an MD5': ['AES256', undefined],
  'another algorithm': ['AES128', SSEC_KEY.md5],
  'the key instead of its MD5': ['AES256', SSEC_KEY.base64],
  'an empty MD5': ['AES256', ''],
};
for (const [what, [algorithm, md5]] of Object.entries(ECHOES)) {
  t.test(`a store that echoes ${what} can't pass for one that encrypts`, async (t) => {
    const { store, front } = await stand(t, (_request, response) => {
      for (const name of ['algorithm', 'key-md5']) response.removeHeader(SSEC_PREFIX + name);
      if (algorithm !== undefined) response.setHeader(`${SSEC_PREFIX}algorithm`, algorithm);
      if (md5 !== undefined) response.setHeader(`${SSEC_PREFIX}key-MD5`, md5);
      response.end();
    });
    const answer = await ask(t, front.port, PUT);
    t.match(answer, { status: 500, code: 'InternalError' });
    t.notMatch(answer.text, OTHER.md5);
    t.match(await ask(t, front.port, PUT), { status: 503 });
    await probed(front, 1);
    t.match(probes(front), [{ kind: 'unproven' }]);
    t.equal(store.requests.filter((request) => !isProbe(request)).length, 1);
  });
}

t.test(
  "a distrusted bucket can't take a write before a probe has passed, and takes them after it",
  async (t) => {
    const { store, front, become, pass } = await stand(t, ignores);
    await ask(t, front.port, PUT);
    await probed(front, 1);
    const before = store.requests.length;
    become(encrypts);
    pass(9_999);
    t.match(await ask(t, front.port, PUT), { status: 503 });
    t.equal(store.requests.length, before, 'no second probe before its time');
    pass(1);
    t.match(await ask(t, front.port, PUT), { status: 503 }, 'the one that starts the probe is refused too');
    await probed(front, 2);
    t.match(probes(front).at(-1), { bucket: 'secret', kind: 'proven' });
    const [put, head, remove] = store.requests.slice(before);
    t.match([put?.method, head?.method, remove?.method], ['PUT', 'HEAD', 'DELETE']);
    t.equal(put?.headers[`${SSEC_PREFIX}key`], SSEC_KEY.base64);
    t.notOk(head?.headers[`${SSEC_PREFIX}key`], 'the probe reads without the key');
    t.match(put?.url, /^\/secret\/\.ssec-proxy-probe$/);
    t.match(await ask(t, front.port, PUT), { status: 200 });
    t.match(await front.metrics(), /^ssec_proxy_distrusted_buckets 0$/m);
  },
);

for (const [what, behaviour] of [
  ['still ignores SSE-C', ignores],
  ['echoes and stores in plain', lies],
  ['seals what it is given and does not say with which key', mute],
  ['refuses the probe', (_request, response) => void response.writeHead(403).end()],
] as const satisfies readonly (readonly [string, Behaviour])[]) {
  t.test(`a store that ${what} can't win trust back`, async (t) => {
    const { front, become, pass } = await stand(t, ignores);
    await ask(t, front.port, PUT);
    await probed(front, 1);
    become(behaviour);
    for (const round of [2, 3]) {
      pass(10_000);
      t.match(await ask(t, front.port, PUT), { status: 503 });
      await eventually(() => probes(front).length === round);
      t.match(probes(front).at(-1), { kind: 'unproven' });
    }
    t.match(await ask(t, front.port, PUT), { status: 503 });
  });
}

t.test("a hundred writes to a distrusted bucket can't start more than one probe", async (t) => {
  const { store, front, pass } = await stand(t, ignores);
  await ask(t, front.port, PUT);
  await probed(front, 1);
  pass(10_000);
  await Promise.all(Array.from({ length: 20 }, () => ask(t, front.port, PUT)));
  await probed(front, 2);
  t.equal(store.requests.filter(isProbe).length, 6);
});

/** Encrypts everything but what one operation writes, which it can be told by. */
const except =
  (isIt: (request: IncomingMessage) => boolean): Behaviour =>
  (request, response) =>
    (isIt(request) ? ignores : encrypts)(request, response);
const FAILING: Readonly<Record<string, (request: IncomingMessage) => boolean>> = {
  PutObject: ({ method, url = '', headers }) =>
    method === 'PUT' &&
    !isProbe({ url }) &&
    !url.includes('partNumber') &&
    headers['x-amz-copy-source'] === undefined,
  AppendObject: ({ url = '' }) => url.includes('append'),
  CreateMultipartUpload: ({ url = '' }) => url.includes('uploads'),
  UploadPart: ({ url = '', headers }) =>
    url.includes('partNumber') && headers['x-amz-copy-source'] === undefined,
  UploadPartCopy: ({ url = '', headers }) =>
    url.includes('partNumber') && headers['x-amz-copy-source'] !== undefined,
  CopyObject: ({ url = '', headers }) =>
    !url.includes('partNumber') && headers['x-amz-copy-source'] !== undefined,
};

for (const [name, isIt] of Object.entries(FAILING)) {
  t.test(`one client with a ${name} that fails can't close a bucket for others`, async (t) => {
    const { front, pass, store } = await stand(t, except(isIt));
    const failing = WRITES[name] as Ask;
    t.match(await ask(t, front.port, failing), { status: 500, code: 'InternalError' });
    await probed(front, 1);
    t.match(probes(front), [{ kind: 'proven' }]);
    for (const [other, write] of Object.entries(WRITES)) {
      const before = store.requests.length;
      const { status } = await ask(t, front.port, write);
      t.equal(status === 503, other === name, other);
      t.equal(store.requests.length, other === name ? before : before + 1);
    }
    t.match(await front.metrics(), /^ssec_proxy_distrusted_buckets 1$/m);
    const written = () => store.requests.filter((request) => isIt(request)).length;
    let rounds = 1;
    for (const seconds of [10, 20, 40]) {
      const before = written();
      pass(seconds * 1000 - 1);
      t.match(await ask(t, front.port, failing), { status: 503 }, `closed for ${seconds} s`);
      t.equal(written(), before);
      pass(1);
      const answers = await Promise.all(Array.from({ length: 5 }, () => ask(t, front.port, failing)));
      t.same(
        answers.map(({ status }) => status).toSorted((a, b) => a - b),
        [500, 503, 503, 503, 503],
      );
      t.equal(written(), before + 1, 'one of many writes is tried');
      rounds += 1;
      await probed(front, rounds);
    }
    const alarms = front.log.filter(({ msg = '' }) => String(msg).startsWith('alarm'));
    t.match(alarms, [{ failures: 3, op: name, bucket: 'secret' }, { failures: 4 }]);
    t.match(await front.metrics(), /^ssec_proxy_distrust_alarms_total 2$/m);
  });
}

t.test("a client that makes PutObject itself fail can't close it for another client", async (t) => {
  const [mallory, bob] = [clientWith('mallory', EVERYTHING), clientWith('bob', EVERYTHING)];
  const tricks = except(({ headers }) => headers['x-amz-meta-trick'] !== undefined);
  const { front, store, pass } = await stand(t, tricks, PROVIDERS.aws, [mallory, bob]);
  const trick: Ask = { ...PUT, headers: { 'x-amz-meta-trick': '1' }, as: mallory };
  t.match(await ask(t, front.port, trick), { status: 500 });
  await probed(front, 1);
  t.match(await ask(t, front.port, { ...PUT, as: mallory }), { status: 503 });
  t.match(await ask(t, front.port, { ...PUT, as: bob }), { status: 200 });
  // Whoever asks, and however often: in plain are one write of each client, and one in ten seconds then.
  const inPlain = () => store.requests.filter(({ headers }) => headers['x-amz-meta-trick']).length;
  let probesMade = 1;
  for (let second = 0; second < 75; second += 5) {
    const before = inPlain();
    const asks = [mallory, bob, mallory].map((as) => ask(t, front.port, { ...trick, as }));
    await Promise.all(asks);
    if (inPlain() > before) {
      probesMade += 1;
      await probed(front, probesMade);
    }
    pass(5000);
  }
  t.ok(inPlain() <= 2 + 7, `${inPlain()} in plain`);
  t.match(
    front.log.find(({ msg = '' }) => String(msg).startsWith('alarm')),
    { op: 'PutObject', failures: 3 },
  );
});

t.test('an operation that is proven again is forgiven, and counts from the start', async (t) => {
  const failing = except(FAILING.CopyObject as () => boolean);
  const { front, become, pass } = await stand(t, failing);
  const copy = WRITES.CopyObject as Ask;
  for (const [round, seconds] of [10, 20].entries()) {
    t.match(await ask(t, front.port, copy), { status: 500 });
    await probed(front, round + 1);
    pass(seconds * 1000);
  }
  become(encrypts);
  t.match(await ask(t, front.port, copy), { status: 200 });
  t.match(await ask(t, front.port, copy), { status: 200 });
  become(failing);
  t.match(await ask(t, front.port, copy), { status: 500 });
  await probed(front, 3);
  pass(10_000);
  become(encrypts);
  t.match(await ask(t, front.port, copy), { status: 200 }, 'after ten seconds, not forty');
});

const silent = (headShare: number): Provider => ({
  ...PROVIDERS.aws,
  withoutEcho: { operations: ['PutObject'], headShare },
});
t.test('where an operation has no echo, a store that reads without the key is found out', async (t) => {
  const { store, front } = await stand(t, ignores, silent(1));
  t.match(await ask(t, front.port, PUT), { status: 500, code: 'InternalError' });
  t.match(
    front.log.find(({ level }) => level === 'error'),
    { fault: /HEAD without the key/ },
  );
  t.match(await ask(t, front.port, PUT), { status: 503 });
  t.same(
    store.requests.filter((request) => !isProbe(request)).map(({ method }) => method),
    ['PUT', 'HEAD'],
  );
  t.notOk(store.requests[1]?.headers[`${SSEC_PREFIX}key`]);
});

t.test('where an operation has no echo, a HEAD that fails for another reason proves nothing', async (t) => {
  for (const status of [403, 404, 405, 429, 500, 503]) {
    const { front } = await stand(
      t,
      (request, response) => {
        if (request.method === 'HEAD') response.writeHead(status).end();
        else mute(request, response);
      },
      silent(1),
    );
    t.match(await ask(t, front.port, PUT), { status: 500, code: 'InternalError' }, String(status));
  }
});

t.test('where an operation has no echo, a store that encrypts is trusted, and trusted again', async (t) => {
  const { front, become, pass } = await stand(t, mute, silent(1));
  t.match(await ask(t, front.port, PUT), { status: 200 });
  become(ignores);
  t.match(await ask(t, front.port, PUT), { status: 500 });
  await probed(front, 1);
  become(mute);
  pass(10_000);
  t.match(await ask(t, front.port, PUT), { status: 503 });
  await probed(front, 2);
  t.match(await ask(t, front.port, PUT), { status: 200 });
});

t.test("an operation that has an echo can't hide behind one that has none", async (t) => {
  const { front } = await stand(t, mute, silent(1));
  t.match(await ask(t, front.port, WRITES.UploadPart as Ask), { status: 500 });
});
