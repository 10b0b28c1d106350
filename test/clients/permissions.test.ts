import t from 'tap';
import { knowsBucket, type Permissions, permits } from '../../src/clients/permissions.ts';

const grant = (bucket: string, prefix: string, ...actions: ('read' | 'write' | 'list' | 'delete')[]) => ({
  bucket,
  prefix,
  actions: new Set(actions),
});
const may = (...grants: readonly ReturnType<typeof grant>[]): Permissions => ({ admin: false, grants });

t.test('permits only what one grant allows completely: action, bucket and prefix', async (t) => {
  const permissions = may(grant('a', 'x/', 'read'), grant('b', 'y/', 'write'));
  t.ok(permits(permissions, 'read', 'a', 'x/1'));
  t.ok(permits(permissions, 'read', 'a', 'x/'));
  t.ok(permits(permissions, 'write', 'b', 'y/1'));
  for (const [action, bucket, objectKey] of [
    ['write', 'a', 'x/1'],
    ['read', 'b', 'y/1'],
    ['read', 'a', 'y/1'],
    ['read', 'a', 'x'],
    ['read', 'a', ''],
    ['read', 'a', 'xx/1'],
    ['read', 'a', 'X/1'],
    ['read', 'A', 'x/1'],
    ['read', 'aa', 'x/1'],
  ] as const) {
    t.notOk(permits(permissions, action, bucket, objectKey), `${action} ${bucket}/${objectKey}`);
  }
});

t.test('reads globs in buckets, never in prefixes', async (t) => {
  const permissions = may(grant('app-*', 'a*/', 'read'));
  t.ok(permits(permissions, 'read', 'app-1', 'a*/k'));
  t.notOk(permits(permissions, 'read', 'app-1', 'ab/k'));
  t.notOk(permits(permissions, 'read', 'my-app-1', 'a*/k'));
});

t.test('without grants nothing is permitted, and with `all` everything', async (t) => {
  t.notOk(permits(may(), 'read', 'a', 'k'));
  t.notOk(knowsBucket(may(), 'a'));
  t.ok(permits({ admin: false, grants: 'all' }, 'delete', 'a', 'k'));
  t.ok(knowsBucket({ admin: false, grants: 'all' }, 'a'));
});

t.test('a client may see a bucket in which it has any grant', async (t) => {
  t.ok(knowsBucket(may(grant('a', 'deep/down/', 'delete')), 'a'));
  t.notOk(knowsBucket(may(grant('a', '', 'read')), 'b'));
});
