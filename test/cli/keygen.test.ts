import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { armor, Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import t from 'tap';
import { parse } from 'yaml';
import { type KeygenAsked, keygen } from '../../src/cli/keygen.ts';
import { fingerprintOf } from '../../src/keys/key.ts';
import { commandLine } from '../support/command.ts';

const KEY = createHash('sha256').update('test key').digest();

async function run(args: readonly string[], random?: () => Uint8Array) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { stdout: { write: (s: string) => out.push(s) }, stderr: { write: (s: string) => err.push(s) } };
  const generate = commandLine<KeygenAsked>('keygen', (asked, to) => keygen(asked, to, random));
  const code = await generate(args, io);
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

t.test('each recipient of an escrow can decrypt the key alone, and nobody else', async (t) => {
  const identities = [await generateIdentity(), await generateIdentity()];
  const recipients = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
  const folder = t.testdir();
  const file = `${folder}/vault`;
  const options = recipients.flatMap((recipient) => ['--escrow', recipient]);
  const { code, out } = await run([file, ...options], () => KEY);
  t.equal(code, 0);
  t.match(parse(out), { keys: { vault: { fingerprint: fingerprintOf(KEY) } } });
  const sealed = readFileSync(`${file}.age`, 'utf8');
  t.equal(statSync(`${file}.age`).mode & 0o777, 0o600);
  t.match(sealed, /^-----BEGIN AGE ENCRYPTED FILE-----\n/);
  const decrypt = async (identity: string): Promise<Uint8Array> => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return await decrypter.decrypt(armor.decode(sealed));
  };
  for (const identity of identities) t.same(Buffer.from(await decrypt(identity)), KEY);
  await t.rejects(decrypt(await generateIdentity()));
  if (!hasAge())
    t.comment('there is no age on this machine: its own reading of the file is left to npm run test:drill');
  else {
    writeFileSync(`${folder}/identity`, `${identities[1]}\n`, { mode: 0o600 });
    t.same(execFileSync('age', ['--decrypt', '--identity', `${folder}/identity`, `${file}.age`]), KEY);
  }
});

t.test('an escrow that cannot be made leaves no key behind', async (t) => {
  const folder = t.testdir({ 'taken.age': 'precious', there: 'precious' });
  const recipient = await identityToRecipient(await generateIdentity());
  const secret = await generateIdentity();
  for (const wrong of [
    'age1nonsense',
    'somebody',
    secret,
    `${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`,
    'ssh-ed25519 AAAA',
  ]) {
    const refused = await run([`${folder}/a`, '--escrow', recipient, '--escrow', wrong]);
    t.equal(refused.code, 2, wrong);
    t.match(refused.err, /nothing was written: --escrow: .* is not an age recipient/);
    t.notOk(refused.err.includes(secret));
  }
  t.notOk(existsSync(`${folder}/a`) || existsSync(`${folder}/a.age`));
  t.equal((await run([`${folder}/taken`, '--escrow', recipient])).code, 1);
  t.notOk(existsSync(`${folder}/taken`));
  t.equal(readFileSync(`${folder}/taken.age`, 'utf8'), 'precious');
  t.equal((await run([`${folder}/there`, '--escrow', recipient])).code, 1);
  t.notOk(existsSync(`${folder}/there.age`));
});

function hasAge(): boolean {
  try {
    execFileSync('age', ['--version']);
    return true;
  } catch {
    return false;
  }
}

t.test('a wrong command line prints the usage and exits with 2', async (t) => {
  for (const args of [[], ['a', 'b'], ['--what', 'a']]) t.equal((await run(args)).code, 2);
  t.match(await run(['--help']), { code: 0, out: /^Usage: ssec-proxy keygen \[options\] <file>/ });
});
