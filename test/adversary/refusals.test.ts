import t from 'tap';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { ssecHeaders } from '../../src/ssec/headers.ts';
import { testSsecKey } from '../support/snapshot.ts';
import { type Ask, ask, clientWith, SSEC_KEY, startFront, startStub } from './support.ts';

const ACTIONS = ['read', 'write', 'list', 'delete'] as const;
const STRANGER = clientWith('stranger', {
  admin: false,
  grants: [{ bucket: 'own', prefix: '', actions: new Set(ACTIONS) }],
});
const OWNER = clientWith('owner', { admin: false, grants: 'all' });
const LATER = new Date('9999-01-01T00:00:00Z');
const RULES = [
  { bucket: 'own', encrypt: 'off', declassify: true },
  { bucket: 'secret', encrypt: [SSEC_KEY] },
  { bucket: 'later', encrypt: [{ ssecKey: SSEC_KEY, writesFrom: LATER }] },
  { bucket: 'derived', encrypt: [{ ssecKey: SSEC_KEY, derive: { context: undefined } }] },
] as const;
const own = testSsecKey('of the client');
const brings = ssecHeaders('target', own);
const bringsForSource = ssecHeaders('source', own);
const from = (source: string) => ({ 'x-amz-copy-source': source });

/** What is refused after the permission, each with more than AccessDenied for whoever may ask. */
const REFUSED: Readonly<Record<string, Ask>> = {
  'a key of its own': { method: 'PUT', target: '/secret/a', headers: brings, body: 'x' },
  'a key of its own, on a read': { method: 'GET', target: '/secret/a', headers: brings },
  'a key of its own, for a source': {
    method: 'PUT',
    target: '/own/a',
    headers: { ...from('/secret/a'), ...bringsForSource },
  },
  'a rule whose keys write later': { method: 'PUT', target: '/later/a', body: 'x' },
  'a rename under derived keys': {
    method: 'PUT',
    target: '/derived/a?renameObject=',
    headers: { 'x-amz-rename-source': '/derived/b' },
  },
  'a write to a sub-resource that the provider does not have': {
    method: 'PUT',
    target: '/secret/a?tagging=',
    body: '<Tagging/>',
  },
  'an object key that the store folds': { method: 'PUT', target: '/secret//a', body: 'x' },
  'an object key that the store folds, on a read': { method: 'GET', target: '/secret/a/../b' },
  'an object key that the store folds, as a source': {
    method: 'PUT',
    target: '/own/a',
    headers: from('/secret//a'),
  },
  'a prefix that the store folds': { method: 'GET', target: '/secret?prefix=a//b' },
  'a folder that the store does not encrypt': { method: 'PUT', target: '/secret/a/', body: 'x' },
};
const provider = {
  ...PROVIDERS.generic,
  normalisesKeys: true,
  sealsFolders: false,
  subresourceWrites: [],
};

t.test('a client without a grant hears of no rule, key or provider, whatever it asks for', async (t) => {
  const store = await startStub(t, (_request, response) => void response.end());
  const front = await startFront(t, {
    port: store.port,
    provider,
    rules: RULES,
    clients: [STRANGER, OWNER],
  });
  for (const [what, request] of Object.entries(REFUSED)) {
    const known = await ask(t, front.port, { ...request, as: OWNER });
    t.not(known.code, 'AccessDenied', `${what}: ${known.code}`);
    t.ok(known.status >= 400, `${what}: ${known.status}`);
    const answer = await ask(t, front.port, { ...request, as: STRANGER });
    t.match(answer, { status: 403, code: 'AccessDenied' }, what);
    t.match(answer.body, '<Message>Access Denied</Message>', what);
  }
  t.equal(store.requests.length, 0);
});

t.test('a bucket of a rule and one of none look the same without a grant', async (t) => {
  const store = await startStub(t, (_request, response) => void response.end());
  const front = await startFront(t, { port: store.port, provider, rules: RULES, clients: [STRANGER, OWNER] });
  const without = (text: string) => text.replace(/<(Resource|RequestId|HostId)>[^<]*<[^>]*>/g, '');
  for (const [what, { method, target, headers = {}, body = '' }] of Object.entries(REFUSED)) {
    const [there, nowhere] = await Promise.all(
      [target, target.replace(/^\/(?:secret|later|derived)/, '/nowhere')].map((asked) =>
        ask(t, front.port, { method, target: asked, headers, body, as: STRANGER }),
      ),
    );
    t.equal(without(there?.body ?? ''), without(nowhere?.body ?? '-'), what);
  }
});
