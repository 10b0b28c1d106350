import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { deriveKey } from '../../src/keys/derive.ts';
import { versionedName } from '../../src/recover/versioned-name.ts';
import { quoted } from '../../src/shell.ts';
import { type AuditStand, auditKey, dayAfter, startAuditStand } from '../support/audit-stand.ts';
import { commandLine } from '../support/command.ts';
import { ran } from '../support/io.ts';

const NEW = auditKey('new');
const OLD = auditKey('old');
const recover = commandLine('recover');
const run = (...args: string[]) => ran(recover, args);

t.test('says which key opens an object and each of its versions, and nothing secret', async (t) => {
  const { config, put } = await startAuditStand(t);
  const first = await put('vault', 'a/b', 'first', OLD);
  await put('vault', 'a/b', 'second!', NEW);
  const now = await run(config, 's3://vault/a/b');
  t.match(now, { code: 0, stderr: '' });
  t.match(now.stdout, `key      new (fingerprint ${NEW.fingerprint})`);
  t.match(now.stdout, 'size     7 B');
  t.match(now.stdout, 'rule     rules[0]');
  const before = await run(config, 's3://vault/a/b', '--version-id', first);
  t.match(before.stdout, `key      old (fingerprint ${OLD.fingerprint})`);
  t.match(before.stdout, `version  ${first}`);
  for (const { base64, md5 } of [NEW, OLD]) {
    for (const secret of [base64, md5]) t.notOk((now.stdout + before.stdout).includes(secret));
  }
});

/** The lines that follow a comment, up to the next empty line. */
function section(text: string, comment: RegExp): string[] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => comment.test(line)) + 1;
  return lines.slice(from, lines.indexOf('', from));
}

/** Reads the object with nothing but the headers that were printed. */
async function readWith(
  lines: readonly string[],
  { client }: AuditStand,
  versionId: string,
): Promise<string> {
  const headers = Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
  const response = await client.send({
    method: 'GET',
    bucket: 'vault',
    objectKey: 'a b',
    query: { versionId },
    headers,
  });
  return (await response.toArray()).join('');
}

t.test('--reveal prints headers that read it, the AWS CLI command and the rclone config', async (t) => {
  const stand = await startAuditStand(t);
  const { config, put, folder } = stand;
  const first = await put('vault', 'a b', 'first', OLD);
  const second = await put('vault', 'a b', 'second', NEW);
  const now = await run(config, 's3://vault/a b', '--reveal', '--yes');
  t.equal(now.code, 0, now.stderr);
  t.equal(await readWith(section(now.stdout, /^# any other client/), stand, second), 'second');
  const [command = ''] = section(now.stdout, /^# AWS CLI/);
  t.match(
    command,
    ` s3api get-object --bucket vault '--key=a b' --sse-customer-algorithm AES256 --sse-customer-key ${NEW.base64} --sse-customer-key-md5 ${NEW.md5} ./recovered`,
  );
  const rclone = section(now.stdout, /^# rclone/);
  t.ok(rclone.includes(`sse_customer_key_base64 = ${NEW.base64}`));
  t.equal(rclone.at(-1), "rclone --config rclone.conf copyto 'recover:vault/a b' ./recovered");

  const file = join(folder, 'key file');
  const before = await run(
    config,
    's3://vault/a b',
    '--version-id',
    first,
    '--reveal',
    '--yes',
    '--write-key',
    file,
  );
  t.equal(before.code, 0, before.stderr);
  t.equal(await readWith(section(before.stdout, /^# any other client/), stand, first), 'first');
  t.equal(readFileSync(file).toString('base64'), OLD.base64);
  t.equal(statSync(file).mode & 0o777, 0o600);
  const [withFile = ''] = section(before.stdout, /^# AWS CLI/);
  t.match(
    withFile,
    `--version-id=${first} --sse-customer-algorithm AES256 --sse-customer-key 'fileb://${file}' ./recovered`,
  );
  t.notOk(withFile.includes(OLD.base64), 'the key does not stand in the arguments');
  t.match(
    section(before.stdout, /^# rclone/).at(-1),
    /^printf '%s\\n' 'a b-v\d{4}-\d\d-\d\d-\d{6}-\d{3}' \| rclone .* --s3-versions cat recover:vault --files-from-raw - > /,
  );
  const again = await run(config, 's3://vault/a b', '--reveal', '--yes', '--write-key', file);
  t.match(again, { code: 1, stderr: /was not written: it exists already/ });
});

t.test('of a key that is derived for each object, the effective one comes out', async (t) => {
  const { config, put } = await startAuditStand(t);
  const effective = deriveKey(NEW, 'vault', 'each/a');
  await put('vault', 'each/a', 'x', effective);
  const { stdout } = await run(config, 's3://vault/each/a', '--reveal', '--yes');
  t.match(stdout, `derived from new for this object (fingerprint ${effective.fingerprint})`);
  t.match(stdout, `sse_customer_key_base64 = ${effective.base64}`);
  t.notOk(stdout.includes(NEW.base64), 'the master key stays where it is');
});

t.test('a pipe gets the key only with --yes, a terminal without', async (t) => {
  const { config, put } = await startAuditStand(t);
  await put('vault', 'a', 'x', NEW);
  t.match(await run(config, 's3://vault/a', '--reveal'), {
    code: 2,
    stdout: '',
    stderr: /the output is not a terminal; add --yes/,
  });
  const written: string[] = [];
  const stdout = { isTTY: true, write: (text: string) => written.push(text) };
  t.equal(await recover([config, 's3://vault/a', '--reveal'], { stdout, stderr: stdout }), 0);
  t.match(written.join(''), NEW.base64);
});

t.test('what is plain needs no key; what a ring lacks is found with the keys of the others', async (t) => {
  const { config, put } = await startAuditStand(t);
  await put('vault', 'naked', 'x');
  await put('vault', 'elsewhere', 'x', auditKey('other'));
  const plain = await run(config, 's3://vault/naked', '--reveal', '--yes');
  t.match(plain, { code: 0, stdout: /none: it is stored in plain/ });
  t.notMatch(plain.stdout, /customer/);
  t.match(await run(config, 's3://vault/elsewhere'), {
    code: 0,
    stdout: /key {6}other .*\n.*the proxy can't read it/,
  });
});

t.test('keys that are unavailable are named, and the others tried', async (t) => {
  const { folder, config, put } = await startAuditStand(t);
  await put('open', 'other/a', 'x', auditKey('other'));
  const waiting = join(folder, 'waiting.yaml');
  const text = readFileSync(config, 'utf8');
  writeFileSync(waiting, text.replace('old: { file: old }', 'old: { exec: { command: ["false"] } }'));
  t.match(await run(waiting, 's3://open/other/a'), {
    code: 0,
    stdout: /key {6}other/,
    stderr: /^not tried: keys\.old: /,
  });
});

t.test('what cannot be read has its reason', async (t) => {
  const { config, put, folder } = await startAuditStand(t);
  await put('vault', 'lost', 'x', auditKey('lost'));
  t.match(await run(config, 's3://vault/lost'), {
    code: 1,
    stdout: '',
    stderr: /no key of the config opens it/,
  });
  t.match(await run(config, 's3://vault/none'), { code: 1, stderr: /no such object or version/ });
  t.match(await run(join(folder, 'none.yaml'), 's3://vault/a'), { code: 1, stderr: /no such file/ });
});

t.test('a wrong command line prints the usage and exits with 2', async (t) => {
  const wrong = [
    [],
    ['c'],
    ['c', 's3://vault'],
    ['c', 's3://vault/'],
    ['c', 's3://vault/a', 'b'],
    ['c', 's3://vault/a', '--write-key', 'f'],
    ['c', 's3://vault/a', '--what'],
  ];
  for (const args of wrong)
    t.match(await run(...args), { code: 2, stdout: '', stderr: /^Usage: ssec-proxy recover/m });
  t.match(await run('--help'), { code: 0, stdout: /^Usage: ssec-proxy recover/ });
});

t.test('a shell takes every object key as one word, and a terminal is not steered by it', (t) => {
  for (const text of ['plain/key', 'it\'s $HOME `id` \\ "x"', 'a\nb\t\u001b[2Jü\u202e1', '-x', "a'\n'b"]) {
    const word = quoted(text);
    t.equal(execFileSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8' }), text);
    t.notMatch(word, /[\p{Cc}\p{Cf}]/u);
  }
  t.end();
});

t.test('names a version as rclone does', (t) => {
  const time = new Date('2026-11-22T02:43:32.276Z');
  t.equal(versionedName('a b', time), 'a b-v2026-11-22-024332-276');
  t.equal(versionedName('dir.d/archive.tar.gz', time), 'dir.d/archive.tar-v2026-11-22-024332-276.gz');
  t.end();
});

t.test('needs neither certificate nor clients, nor other stores, vaults and keys', async (t) => {
  const stand = await startAuditStand(t);
  await stand.put('vault', 'a', 'x', OLD);
  rmSync(join(stand.folder, 'other'));
  const file = await dayAfter(stand);
  const found = await run(file, 's3://vault/a');
  t.match(found, { code: 0, stdout: /key {6}old / });
  t.match(found.stderr, /^not tried: keys\.elsewhere: /m);
  t.match(found.stderr, /^not tried: keys\.other: .*no such file$/m);
  rmSync(join(stand.folder, 'new'));
  const without = await run(file, 's3://vault/a');
  t.match(without, { code: 0, stdout: /key {6}old /, stderr: /not tried: keys\.new: / });
  t.notMatch(without.stdout, /does not hold/, 'the ring holds it, though it lacks another key');
  rmSync(join(stand.folder, 'old'));
  t.match(await run(file, 's3://vault/a'), { code: 1, stderr: /no key of the config opens it/ });
});
