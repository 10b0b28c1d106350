import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { keygen } from '../../src/cli/keygen.ts';
import { fingerprintOf } from '../../src/keys/key.ts';

const KEY = createHash('sha256').update('test key').digest();

async function run(args: readonly string[], random?: () => Uint8Array) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { stdout: { write: (s: string) => out.push(s) }, stderr: { write: (s: string) => err.push(s) } };
  const code = await keygen(args, io, random);
  return { code, out: out.join(''), err: err.join('') };
}

t.test('a new key is 32 bytes that only the owner can read, with the YAML to paste', async (t) => {
  const file = `${t.testdir()}/backups-2026`;
  const { code, out } = await run([file], () => KEY);
  t.equal(code, 0);
  t.same(readFileSync(file), KEY);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.strictSame(parse(out), { keys: { 'backups-2026': { file, fingerprint: fingerprintOf(KEY) } } });
  for (const spelling of ['base64', 'hex', 'latin1'] as const) t.notOk(out.includes(KEY.toString(spelling)));
});

t.test('two keys differ', async (t) => {
  const folder = t.testdir();
  await run([`${folder}/a`]);
  await run([`${folder}/b`, '--id', 'other']);
  t.notSame(readFileSync(`${folder}/a`), readFileSync(`${folder}/b`));
});

t.test('an id may be given, and must be a key id', async (t) => {
  const folder = t.testdir();
  t.match(parse((await run([`${folder}/a`, '--id', 'vault'])).out), { keys: { vault: {} } });
  const refused = await run([`${folder}/with space`]);
  t.equal(refused.code, 2);
  t.match(refused.err, /--id NAME/);
  t.notOk(existsSync(`${folder}/with space`));
});

t.test('an existing file is never overwritten', async (t) => {
  const folder = t.testdir({ vault: 'precious' });
  const { code, out, err } = await run([`${folder}/vault`]);
  t.strictSame([code, out], [1, '']);
  t.match(err, 'exists already');
  t.equal(readFileSync(`${folder}/vault`, 'utf8'), 'precious');
});

t.test('a folder that is not there is an error', async (t) => {
  const { code, err } = await run([`${t.testdir()}/none/vault`]);
  t.equal(code, 1);
  t.match(err, 'no such file');
});

t.test('a wrong command line prints the usage and exits with 2', async (t) => {
  for (const args of [[], ['a', 'b'], ['--what', 'a']]) t.equal((await run(args)).code, 2);
  t.match(await run(['--help']), { code: 0, out: /^usage: ssec-proxy keygen FILE/ });
});
