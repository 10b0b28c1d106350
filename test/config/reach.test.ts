import t from 'tap';
import { load, MINIMAL } from './fixture.ts';

const allowing = (...grants: readonly string[]): string =>
  MINIMAL.replace(
    'secretAccessKey: { env: APP_SECRET } }',
    `secretAccessKey: { env: APP_SECRET }, allow: [${grants.join(', ')}] }`,
  );
const warned = async (text: string): Promise<boolean> =>
  (await load(text)).lines.some((line) => line.includes('no client may access'));

t.test('warns of a rule whose objects no client may access, at its place', async (t) => {
  const other = '  - { match: { bucket: elsewhere }, encrypt: off }\n';
  const { lines, snapshot } = await load(allowing('{ bucket: elsewhere }') + other);
  t.match(lines, [
    /^warning: rules\[0\]\.match: no client may access the objects of this rule \(config\.yaml:\d+:\d+\); add them to the allow of a client/,
  ]);
  t.ok(snapshot, 'it is a warning');
  t.ok(await warned(allowing()), 'a client without any grant');
});

t.test('says nothing when some grant has objects in common with the rule', async (t) => {
  t.notOk(await warned(MINIMAL), 'a client without allow may do everything');
  for (const grant of [
    '{ bucket: backups }',
    '{ bucket: "back*" }',
    '{ bucket: "*ups", prefix: a/ }',
    '{ bucket: backups, prefix: a/, actions: [list] }',
  ])
    t.notOk(await warned(allowing(grant)), grant);
  t.notOk(await warned(allowing('{ bucket: elsewhere }', '{ bucket: backups }')));
});

t.test('compares prefixes and globs of rule and grant', async (t) => {
  const rule = (match: string, grant: string): string =>
    allowing(grant).replace('{ bucket: backups }\n    encrypt', `${match}\n    encrypt`);
  t.notOk(await warned(rule('{ bucket: "app-*", prefix: a/b/ }', '{ bucket: "*-1", prefix: a/ }')));
  t.notOk(await warned(rule('{ bucket: "app-*", prefix: a/ }', '{ bucket: app-1, prefix: a/b/ }')));
  t.ok(await warned(rule('{ bucket: "app-*", prefix: a/ }', '{ bucket: "app-*", prefix: b/ }')));
  t.ok(await warned(rule('{ bucket: "app-*" }', '{ bucket: "web-*" }')));
});

t.test('a listener without authentication reaches everything', async (t) => {
  const text = allowing('{ bucket: elsewhere }').replace(
    'address: 127.0.0.1:0',
    'address: 127.0.0.1:0\n    auth: none',
  );
  t.notOk(await warned(text));
});

t.test('says nothing while a mistake hides what a client may do', async (t) => {
  t.notOk(await warned(allowing('{ bucket: elsewhere }', '{ bukket: backups }')));
});
