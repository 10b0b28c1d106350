import { createSecretKey, type KeyObject } from 'node:crypto';
import t from 'tap';
import { signingKey } from '../../src/sigv4/canonical.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import { testCredentials } from '../support/snapshot.ts';

const credentials = testCredentials('client');
const SCOPE = { date: '20260601', region: 'r', service: 's3', terminator: 'aws4_request' };
const derived = (scope: typeof SCOPE): string =>
  hexOf(signingKey(credentials.secretAccessKey.reveal(), scope));

const hexOf = (key: KeyObject): string => key.export().toString('hex');
const textOf = (key: KeyObject): string => key.export().toString();
const keyOf = (text: string): KeyObject => createSecretKey(Buffer.from(text));

t.test('derives a key that is not in the cache, and returns one that is', async (t) => {
  const keys = new SigningKeys();
  t.equal(hexOf(keys.get(credentials, SCOPE)), derived(SCOPE));
  const kept = keyOf('kept');
  keys.keep('client', SCOPE, kept);
  t.equal(keys.get(credentials, SCOPE), kept);
});

t.test('keeps one for each access key and scope', async (t) => {
  const keys = new SigningKeys();
  keys.keep('client', SCOPE, keyOf('kept'));
  for (const other of [{ date: '20260602' }, { region: 'q' }, { service: 'iam' }, { terminator: 'x' }]) {
    const scope = { ...SCOPE, ...other };
    t.equal(hexOf(keys.get(credentials, scope)), derived(scope));
  }
  t.not(textOf(keys.get(testCredentials('another'), SCOPE)), 'kept');
});

t.test('forgets the oldest when there are a thousand', async (t) => {
  const keys = new SigningKeys();
  const scopes = Array.from({ length: 1001 }, (_, index) => ({ ...SCOPE, region: `r${index}` }));
  for (const scope of scopes) keys.keep('client', scope, keyOf(scope.region));
  t.equal(hexOf(keys.get(credentials, scopes[0] as typeof SCOPE)), derived(scopes[0] as typeof SCOPE));
  t.equal(textOf(keys.get(credentials, scopes[1] as typeof SCOPE)), 'r1');
  t.equal(textOf(keys.get(credentials, scopes[1000] as typeof SCOPE)), 'r1000');
});

t.test('a key that is kept again pushes none out', async (t) => {
  const keys = new SigningKeys();
  const scopes = Array.from({ length: 1000 }, (_, index) => ({ ...SCOPE, region: `r${index}` }));
  const kept = scopes.map((scope) => ({ scope, key: keyOf(scope.region) }));
  for (const { scope, key } of kept) keys.keep('client', scope, key);
  for (const { scope, key } of kept.slice(1)) keys.keep('client', scope, key);
  t.equal(textOf(keys.get(credentials, scopes[0] as typeof SCOPE)), 'r0');
});
