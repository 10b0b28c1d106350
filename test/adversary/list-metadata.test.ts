import t, { type Test } from 'tap';
import type { Action, Permissions } from '../../src/clients/permissions.ts';
import { PROVIDER_NAMES, PROVIDERS, type ProviderName } from '../../src/s3/providers.ts';
import { type Ask, ask, clientWith, type Got, startFront, startStub } from './support.ts';

const grant = (prefix: string, ...actions: Action[]) => ({
  bucket: 'plain',
  prefix,
  actions: new Set(actions),
});
const granted = (name: string, ...grants: ReturnType<typeof grant>[]) =>
  clientWith(name, { admin: false, grants });
const LISTER = granted('lister', grant('', 'list'));
const READER = granted('reader', grant('', 'read'));
const BOTH = granted('both', grant('', 'list', 'read'));
const APART = granted('apart', grant('', 'list'), grant('own/', 'read'));
const ANYTHING = clientWith('anything', { admin: false, grants: 'all' });
const ANONYMOUS: Permissions = { admin: false, anonymous: true, grants: [grant('', 'list', 'read')] };

/** A store that has the users' metadata and tags in its lists where it is asked for them, as MinIO does. */
async function stand(t: Test, provider: ProviderName) {
  const store = await startStub(t, ({ url = '' }, response) => {
    const { searchParams } = new URL(url, 'http://store');
    const root = searchParams.has('versions') ? 'ListVersionsResult' : 'ListBucketResult';
    const told = searchParams.get('metadata') === 'true' ? '<UserTags>secret=1</UserTags>' : '';
    response.end(`<${root}><Contents><Key>a</Key>${told}</Contents></${root}>`);
  });
  const front = await startFront(t, {
    port: store.port,
    provider: PROVIDERS[provider],
    clients: [LISTER, READER, BOTH, APART, ANYTHING],
    anonymous: ANONYMOUS,
  });
  const list = (query: string, as: Ask['as']): Promise<Got> =>
    ask(t, front.port, { method: 'GET', target: `/plain?${query}`, ...(as && { as }) });
  return { list, store };
}

const LISTS = ['list-type=2', 'versions', 'prefix=own%2F', 'list-type=2&prefix=own%2F'];

t.test('a list tells metadata and tags to those alone who may read what is listed', async (t) => {
  const { list, store } = await stand(t, 'minio');
  for (const query of LISTS) {
    for (const value of ['=true', '=1', '=', '=TRUE', ''])
      for (const client of [LISTER, READER])
        t.match(await list(`${query}&metadata${value}`, client), { status: 403 }, `${query} ${value}`);
    t.match(await list(`${query}&metadata=true`, undefined), { status: 403 }, 'unsigned');
  }
  t.match(await list('list-type=2&metadata=true', APART), { status: 403 }, 'read is for another prefix');
  t.equal(store.requests.length, 0);
  t.match(await list('list-type=2&prefix=own%2F&metadata=true', APART), { status: 200, body: /secret=1/ });
  for (const query of LISTS) {
    for (const client of [BOTH, ANYTHING])
      t.match(await list(`${query}&metadata=true`, client), { status: 200, body: /secret=1/ }, query);
    t.match(await list(`${query}&metadata=false`, LISTER), { status: 200 }, 'false asks for nothing');
    t.match(await list(query, LISTER), { status: 200 });
  }
});

t.test('only a store that knows the option is sent it', async (t) => {
  for (const name of PROVIDER_NAMES) {
    const { list, store } = await stand(t, name);
    const { status } = await list('list-type=2&metadata=true&prefix=a', ANYTHING);
    t.equal(status, 200, name);
    const wanted = name === 'minio' ? 'list-type=2&metadata=true&prefix=a' : 'list-type=2&prefix=a';
    t.equal(store.requests[0]?.url, `/plain?${wanted}`, name);
  }
});
