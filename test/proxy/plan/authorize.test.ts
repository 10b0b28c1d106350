import t from 'tap';
import type { Permissions } from '../../../src/clients/permissions.ts';
import { authorize, isVisible } from '../../../src/proxy/plan/authorize.ts';
import { codeOf } from '../../support/failure.ts';
import { planOf, type Request } from '../../support/planned.ts';
import { EVERYTHING, snapshotOf, testSsecKey } from '../../support/snapshot.ts';

const KEY = testSsecKey('a');
const snapshot = snapshotOf({
  rules: [
    { bucket: 'vault', encrypt: [KEY] },
    { bucket: 'open', encrypt: 'off' },
    { bucket: 'released', encrypt: 'off', declassify: true },
  ],
});
const grant = (
  actions: readonly ('read' | 'write' | 'list' | 'delete')[],
  bucket = 'vault',
  prefix = 'a/',
) => ({
  bucket,
  prefix,
  actions: new Set(actions),
});
const may = (...grants: readonly ReturnType<typeof grant>[]): Permissions => ({ admin: false, grants });
const codeFor = (request: Request, permissions: Permissions): string =>
  codeOf(() => authorize(planOf(request, snapshot), permissions));
const asked = (method: string, rawTarget: string, headers: Record<string, string> = {}): Request => ({
  method,
  rawTarget,
  headers,
});

const NEEDED: [action: 'read' | 'write' | 'list' | 'delete', request: Request][] = [
  ['read', asked('GET', '/vault/a/k')],
  ['read', asked('HEAD', '/vault/a/k')],
  ['read', asked('GET', '/vault/a/k?tagging')],
  ['read', asked('GET', '/vault/a/k?attributes', { 'x-amz-object-attributes': 'ETag' })],
  ['write', asked('PUT', '/vault/a/k')],
  ['write', asked('POST', '/vault/a/k?uploads')],
  ['write', asked('PUT', '/vault/a/k?uploadId=u&partNumber=1')],
  ['write', asked('POST', '/vault/a/k?uploadId=u')],
  ['write', asked('DELETE', '/vault/a/k?uploadId=u')],
  ['write', asked('PUT', '/vault/a/k?tagging')],
  ['delete', asked('DELETE', '/vault/a/k')],
  ['list', asked('GET', '/vault?prefix=a/')],
  ['list', asked('GET', '/vault?list-type=2&prefix=a/b')],
  ['list', asked('GET', '/vault?versions&prefix=a/')],
  ['list', asked('GET', '/vault?uploads&prefix=a/')],
];

t.test('lets a client do what one of its grants opens, and nothing else', async (t) => {
  for (const [action, request] of NEEDED) {
    const what = `${request.method} ${request.rawTarget}`;
    const others = (['read', 'write', 'list', 'delete'] as const).filter((other) => other !== action);
    t.equal(codeFor(request, may(grant([action]))), 'ok', what);
    t.equal(codeFor(request, EVERYTHING), 'ok', what);
    t.equal(codeFor(request, may(grant(others))), 'AccessDenied', `${what} without ${action}`);
    t.equal(codeFor(request, may(grant([action], 'vault', 'b/'))), 'AccessDenied', `${what} elsewhere`);
    t.equal(codeFor(request, may(grant([action], 'open', ''))), 'AccessDenied', `${what} in another bucket`);
    t.equal(codeFor(request, may(grant([action], 'va*', ''))), 'ok', `${what} by a glob`);
    t.equal(codeFor(request, may()), 'AccessDenied', `${what} without any`);
  }
});

t.test('judges a list by the prefix that it asks for', async (t) => {
  const permissions = may(grant(['list']));
  for (const query of [
    '',
    '?list-type=2',
    '?prefix=',
    '?prefix=a',
    '?prefix=b/',
    '?prefix=/a/',
    '?start-after=a/',
  ]) {
    t.equal(codeFor(asked('GET', `/vault${query}`), permissions), 'AccessDenied', query);
  }
});

t.test('lets everyone with a grant in a bucket know of it', async (t) => {
  for (const request of [asked('HEAD', '/vault'), asked('GET', '/vault?location')]) {
    t.equal(codeFor(request, may(grant(['read']))), 'ok');
    t.equal(codeFor(request, may(grant(['read'], 'open'))), 'AccessDenied');
  }
  t.ok(isVisible('vault', may(grant(['read'])), snapshot.rules));
  t.notOk(isVisible('open', may(grant(['read'])), snapshot.rules));
  t.notOk(isVisible('elsewhere', EVERYTHING, snapshot.rules), 'a bucket without a rule');
});

t.test('keeps the configuration of buckets for administrators', async (t) => {
  const grants = [grant(['read', 'write', 'list', 'delete'], 'vault', '')];
  for (const request of [
    asked('PUT', '/vault'),
    asked('DELETE', '/vault'),
    asked('GET', '/vault?policy'),
    asked('PUT', '/vault?policy'),
    asked('PUT', '/vault?encryption'),
    asked('PUT', '/vault?lifecycle'),
    asked('PUT', '/vault?replication'),
  ]) {
    const what = `${request.method} ${request.rawTarget}`;
    t.equal(codeFor(request, { admin: false, grants }), 'AccessDenied', what);
    t.equal(codeFor(request, { admin: false, grants: 'all' }), 'AccessDenied', what);
    t.equal(codeFor(request, { admin: true, grants }), 'ok', what);
    t.equal(codeFor(request, { admin: true, grants: [] }), 'AccessDenied', `${what} in an unknown bucket`);
  }
});

t.test('wants reading of the source and writing of the target of a copy', async (t) => {
  for (const query of ['', '?uploadId=u&partNumber=1']) {
    const copy = asked('PUT', `/vault/a/k${query}`, { 'x-amz-copy-source': '/open/s/x' });
    t.equal(codeFor(copy, may(grant(['write']), grant(['read'], 'open', 's/'))), 'ok');
    t.equal(codeFor(copy, may(grant(['write']))), 'AccessDenied');
    t.equal(codeFor(copy, may(grant(['write']), grant(['write'], 'open', 's/'))), 'AccessDenied');
    t.equal(codeFor(copy, may(grant(['write']), grant(['read'], 'open', 'other/'))), 'AccessDenied');
    t.equal(codeFor(copy, may(grant(['read'], 'open', ''))), 'AccessDenied');
  }
});

t.test('copies what is encrypted to plain objects only where the rule says that it may', async (t) => {
  const copy = (target: string, source: string): string =>
    codeFor(asked('PUT', `/${target}/k`, { 'x-amz-copy-source': `/${source}/s` }), EVERYTHING);
  t.equal(copy('open', 'vault'), 'AccessDenied');
  t.equal(copy('released', 'vault'), 'ok');
  t.equal(copy('vault', 'vault'), 'ok');
  t.equal(copy('vault', 'open'), 'ok');
  t.equal(copy('open', 'open'), 'ok');
});

t.test('lets preflights and ListBuckets through', async (t) => {
  const preflight = { origin: 'https://a.test', 'access-control-request-method': 'PUT' };
  t.equal(codeFor(asked('OPTIONS', '/vault/k', preflight), may()), 'ok');
  t.equal(codeFor(asked('GET', '/'), may()), 'ok', 'its answer has the visible buckets only');
});
