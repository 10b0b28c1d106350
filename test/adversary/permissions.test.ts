import t from 'tap';
import type { Client } from '../../src/clients/client.ts';
import { type Ask, clientWith, faceless } from './support.ts';
import { ADMIN, CLIENTS, copy, DROPPER, READER, tenants, VELERO } from './tenants.ts';

/** What each client may do to `shared/b`, and nobody else. */
const ON_SHARED: readonly (readonly [Ask, allowed: readonly (keyof typeof CLIENTS)[]])[] = [
  [{ method: 'GET', target: '/vault/shared/b' }, ['READER']],
  [{ method: 'HEAD', target: '/vault/shared/b' }, ['READER']],
  [{ method: 'GET', target: '/vault/shared/b?tagging=' }, ['READER']],
  [{ method: 'PUT', target: '/vault/shared/b', body: 'x' }, ['DROPPER']],
  [{ method: 'POST', target: '/vault/shared/b?uploads=' }, ['DROPPER']],
  [{ method: 'GET', target: '/vault?prefix=shared/' }, ['LISTER']],
  [{ method: 'GET', target: '/vault?list-type=2&prefix=shared/b' }, ['LISTER']],
  [{ method: 'GET', target: '/vault?uploads=&prefix=shared/' }, ['LISTER']],
  [{ method: 'GET', target: '/vault?versions=&prefix=shared/' }, ['LISTER']],
  [{ method: 'PUT', target: '/vault/shared/copy', headers: copy('/vault/shared/b') }, []],
  [{ method: 'DELETE', target: '/vault/shared/b' }, ['REMOVER']],
];

t.test("a client can't do what its grants don't name", async (t) => {
  const by = await tenants(t);
  for (const [request, allowed] of ON_SHARED) {
    for (const [name, client] of Object.entries(CLIENTS)) {
      const answer = await by(client, request);
      const may = name === 'ADMIN' || allowed.includes(name as keyof typeof CLIENTS);
      t.equal(answer.status === 403, !may, `${name}: ${request.method} ${request.target}: ${answer.status}`);
      if (!may && request.method !== 'HEAD') t.equal(answer.code, 'AccessDenied');
    }
    await by(ADMIN, { method: 'PUT', target: '/vault/shared/b', body: 'again' });
  }
});

t.test("a client can't leave its prefix by spelling", async (t) => {
  const by = await tenants(t);
  const own: readonly string[] = [
    '/vault/velero/a',
    '/vault/%76elero/a',
    '/vault/velero%2Fa',
    '/vault/velero/%61',
    '/vault%2Fvelero/a',
  ];
  for (const target of own) {
    t.match(await by(VELERO, { method: 'GET', target }), { status: 200, body: 'text of velero/a' }, target);
  }
  const foreign: readonly string[] = [
    '/vault/velero',
    '/vault/velero-other/a',
    '/vault/velerox',
    '/vault/Velero/a',
    '/vault//velero/a',
    '/vault/./velero/a',
    '/vault/x/../velero/a',
    '/vault/%2Fvelero/a',
    '/vault/velero%5Ca',
    '/vault/%20velero/a',
    '/vault/velero%00/a',
    '/open/../vault/foreign/c',
  ];
  for (const target of foreign) {
    const answer = await by(VELERO, { method: 'GET', target });
    t.not(answer.status, 200, target);
    t.notMatch(answer.body, 'text of', target);
  }
  for (const target of [
    '/vault/velero/../foreign/c',
    '/vault/velero/%2e%2e/foreign/c',
    '/vault/velero//../../foreign/c',
  ]) {
    const answer = await by(VELERO, { method: 'GET', target });
    t.match(answer, { status: 404, code: 'NoSuchKey' }, `${target} is an object key like any other`);
  }
});

/** What each list does not have: refused for everybody, before anybody's permissions. */
const FOREIGN: Readonly<Record<string, RegExp>> = {
  '?': /^key-marker/,
  '?list-type=2&': /^key-marker/,
  '?versions=&': /^(?:start-after|marker)/,
  '?uploads=&': /^(?:start-after|marker|max-keys)/,
};

t.test("a client can't list past its prefix", async (t) => {
  const by = await tenants(t);
  for (const query of ['?', '?list-type=2&', '?versions=&', '?uploads=&']) {
    for (const wide of [
      '',
      'prefix=',
      'prefix=velero',
      'prefix=v',
      'prefix=/velero/',
      'prefix=foreign/',
      'prefix=Velero/',
      'start-after=velero/',
      'marker=velero/',
      'key-marker=velero/',
      'delimiter=/',
      'delimiter=/&prefix=velero',
      'max-keys=0',
    ]) {
      const target = `/vault${query}${wide}`.replace(/[?&]$/, '');
      const answer = await by(VELERO, { method: 'GET', target });
      const unknown = FOREIGN[query]?.test(wide);
      const refused = unknown
        ? { status: 501, code: 'NotImplemented' }
        : { status: 403, code: 'AccessDenied' };
      t.match(answer, refused, target);
    }
    const twice = await by(VELERO, { method: 'GET', target: `/vault${query}prefix=velero/&prefix=` });
    t.not(twice.status, 200, 'two prefixes');
    const answer = await by(VELERO, { method: 'GET', target: `/vault${query}prefix=velero/` });
    t.equal(answer.status, 200);
    t.notMatch(answer.body, /foreign|velerox|velero-other|shared/);
  }
});

t.test("a client can't learn which buckets there are", async (t) => {
  const by = await tenants(t);
  const names = async (client: Client): Promise<string[]> => {
    const { body } = await by(client, { method: 'GET', target: '/' });
    return [...body.matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name]) => name ?? '').toSorted();
  };
  t.same(await names(ADMIN), ['open', 'released', 'vault']);
  t.same(await names(VELERO), ['open', 'vault']);
  t.same(await names(DROPPER), ['vault']);
  for (const target of ['/released', '/nobodys', '/not-there']) {
    t.match(await by(VELERO, { method: 'HEAD', target }), { status: 403 }, target);
    t.match(
      await by(VELERO, { method: 'GET', target: `${target}?location=` }),
      { code: 'AccessDenied' },
      target,
    );
  }
});

t.test("a refusal can't tell what exists from what does not", async (t) => {
  const by = await tenants(t);
  const pairs: readonly (readonly [Ask, Ask])[] = ['GET', 'HEAD', 'PUT', 'DELETE'].map((method) => [
    { method, target: '/vault/foreign/c' },
    { method, target: '/vault/foreign/d' },
  ]);
  const more: readonly (readonly [Ask, Ask])[] = [
    ...pairs,
    [
      { method: 'GET', target: '/vault?prefix=foreign/' },
      { method: 'GET', target: '/vault?prefix=nothing/' },
    ],
    [
      { method: 'GET', target: '/released/a' },
      { method: 'GET', target: '/not-there/a' },
    ],
    [
      { method: 'PUT', target: '/vault/velero/x', headers: copy('/vault/foreign/c') },
      { method: 'PUT', target: '/vault/velero/x', headers: copy('/vault/foreign/d') },
    ],
    [
      { method: 'PUT', target: '/vault/velero/x', headers: copy('/released/c') },
      { method: 'PUT', target: '/vault/velero/x', headers: copy('/not-there/d') },
    ],
    [
      { method: 'DELETE', target: '/vault/foreign/c?uploadId=u' },
      { method: 'DELETE', target: '/vault/foreign/d?uploadId=u' },
    ],
    [
      { method: 'HEAD', target: '/released' },
      { method: 'HEAD', target: '/not-there' },
    ],
    [
      { method: 'GET', target: '/released?policy=' },
      { method: 'GET', target: '/not-there?policy=' },
    ],
  ];
  for (const [there, missing] of more) {
    const [a, b] = [await by(VELERO, there), await by(VELERO, missing)];
    t.equal(a.status, 403, `${there.method} ${there.target}`);
    t.equal(faceless(a), faceless(b), `${there.method} ${there.target}`);
  }
});

t.test("a stranger, and a client with another's name, can't do anything", async (t) => {
  const by = await tenants(t);
  const stranger = clientWith('nobody', { admin: true, grants: 'all' });
  t.match(await by(stranger, { method: 'GET', target: '/vault/velero/a' }), { code: 'InvalidAccessKeyId' });
  const impostor = { ...READER, accessKeyId: 'velero' };
  t.match(await by(impostor, { method: 'GET', target: '/vault/velero/a' }), {
    code: 'SignatureDoesNotMatch',
  });
});
