import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type VerifyAsked, type VerifyOptions, verify } from '../../src/cli/verify.ts';
import { deriveKey } from '../../src/keys/derive.ts';
import { auditKey, dayAfter, startAuditStand } from '../support/audit-stand.ts';
import { commandLine } from '../support/command.ts';
import { ran } from '../support/io.ts';

const NEW = auditKey('new');
const OLD = auditKey('old');
const OTHER = auditKey('other');
const LOST = auditKey('lost');
const quiet = { signal: new AbortController().signal };
const verifying = (options: VerifyOptions) =>
  commandLine<VerifyAsked>('verify', (asked, io) => verify(asked, io, options));
const run = (...args: string[]) => ran(verifying(quiet), args);

t.test('tells by each version which key opens it, and is content', async (t) => {
  const { config, put, ask } = await startAuditStand(t);
  await put('vault', 'a', 'first', OLD);
  await put('vault', 'a', 'second', NEW);
  await put('vault', 'ä + %41/&<.txt', '12345678', NEW);
  await put('vault', 'empty', '', NEW);
  await ask({ method: 'DELETE', bucket: 'vault', objectKey: 'a' });
  const { code, stdout, stderr } = await run(config, 's3://vault');
  t.equal(code, 0, stdout + stderr);
  t.match(stdout, new RegExp(`key new \\(${NEW.fingerprint}\\) +3 +14 B`));
  t.match(stdout, new RegExp(`key old \\(${OLD.fingerprint}\\) +1 +5 B`));
  t.match(stdout, /delete markers +1 /);
  t.match(stdout, /keys that opened nothing here: other/);
  t.match(stdout, /Fine: 4 versions/);
  t.equal(stderr, '', 'nothing is said where no terminal is');
});

t.test('finds what is plain, under a foreign key, or lost', async (t) => {
  const { folder, config, put } = await startAuditStand(t);
  await put('vault', 'fine', 'x', NEW);
  await put('vault', 'naked', 'xyz');
  await put('vault', 'naked-and-empty', '');
  await put('vault', 'elsewhere', 'x', OTHER);
  const lost = await put('vault', 'lost', 'x', LOST);
  const json = join(folder, 'report.jsonl');
  const { code, stdout } = await run(config, 's3://vault/', '--json', json);
  t.equal(code, 1);
  t.match(stdout, /^s3:\/\/vault\/naked version \S+: unencrypted: readable without a key \(rules\[0\]\)$/m);
  t.match(
    stdout,
    /^s3:\/\/vault\/elsewhere version .*: opens with key other, which is not in the rule's ring/m,
  );
  t.match(stdout, /keys that opened nothing here: old\n/);
  t.match(stdout, /FAULTY: 4 faults in 5 versions/);
  const lines = (await readFile(json, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const summary = lines.pop();
  t.match(
    lines.find(({ state }) => state === 'unknown-key'),
    {
      type: 'version',
      bucket: 'vault',
      objectKey: 'lost',
      versionId: lost,
      bytes: 1,
      fault: true,
      rule: 'rules[0]',
    },
  );
  t.same(
    new Set(lines.map(({ objectKey }) => objectKey)),
    new Set(['elsewhere', 'lost', 'naked', 'naked-and-empty']),
  );
  t.match(summary, {
    type: 'summary',
    exitCode: 1,
    finished: true,
    versions: 5,
    bytes: 6,
    faultCount: 4,
    faults: {
      plain: { versions: 2, bytes: 3 },
      'unknown-key': { versions: 1 },
      'outside-ring': { versions: 1 },
    },
  });
  t.match(summary.keys, [
    { keyId: 'new', versions: 1 },
    { keyId: 'old', versions: 0 },
    { keyId: 'other', versions: 0 },
  ]);
});

t.test('keys that are derived for each object count for the key that they come from', async (t) => {
  const { folder, config, put } = await startAuditStand(t);
  for (const objectKey of ['each/a', 'each/b'])
    await put('vault', objectKey, 'xy', deriveKey(NEW, 'vault', objectKey));
  await put('vault', 'each/c', 'x', OLD);
  await put('vault', 'each/d', 'x', deriveKey(NEW, 'vault', 'each/a'));
  const json = join(folder, 'report.jsonl');
  const { stdout } = await run(config, 's3://vault', '--json', json);
  t.match(stdout, new RegExp(`keys derived from new \\(${NEW.fingerprint}\\) +2 +4 B`));
  t.match(stdout, /keys that opened nothing here: other\n/);
  t.match(stdout, /each\/d version \S+: under a key that is not in the config/);
  const summary = JSON.parse((await readFile(json, 'utf8')).trim().split('\n').at(-1) ?? '');
  t.match(
    summary.keys.find(({ derived }: { derived: boolean }) => derived),
    { keyId: 'new', derived: true, fingerprint: NEW.fingerprint, versions: 2, bytes: 4 },
  );
});

t.test('what no rule encrypts is counted, and is not a fault', async (t) => {
  const { config, put } = await startAuditStand(t);
  await put('open', 'free', 'xy');
  await put('open', 'sealed', 'x', OTHER);
  await put('open', 'lost', 'x', LOST);
  await put('open', 'other/one', 'x', OTHER);
  const { code, stdout } = await run(config, 's3://open');
  t.equal(code, 0);
  t.match(stdout, /unencrypted: readable without a key, where no rule encrypts +1 +2 B/);
  t.match(stdout, /under a key that is not in the config, where no rule encrypts +1 +1 B/);
  t.match(stdout, /key other .* +2 +2 B/);
});

t.test('a prefix bounds it, several places make one result, and a sample is called one', async (t) => {
  const { config, put } = await startAuditStand(t);
  await put('vault', 'in/a', 'x', NEW);
  await put('vault', 'out', 'x');
  await put('open', 'other/one', 'x', OTHER);
  t.match(await run(config, 's3://vault/in/'), { code: 0, stdout: /Fine: 1 version;/ });
  t.match(await run(config, 's3://vault/in', 's3://open/other/'), { code: 0, stdout: /Fine: 2 versions;/ });
  const dice = [0.4, 0.6];
  const sampled = await ran(verifying({ ...quiet, random: () => dice.shift() ?? 0 }), [
    config,
    's3://vault/',
    '--sample',
    '2',
  ]);
  t.match(sampled.stdout, /Fine: 1 version \(one in 2, at random\)/);
});

t.test('writes a page that holds no markup of an object key and nothing from elsewhere', async (t) => {
  const { folder, config, put } = await startAuditStand(t);
  await put('vault', '<script>alert("1")</script>', 'x');
  await put('vault', 'fine', 'x', NEW);
  const html = join(folder, 'report.html');
  t.equal((await run(config, 's3://vault', '--html', html)).code, 1);
  const page = await readFile(html, 'utf8');
  t.match(page, '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  t.notMatch(page, /<script|https?:|url\(|@import|<link|<img|src=/);
  t.match(page, /default-src 'none'/);
  t.match(page, /<svg [^>]*>\n<text[^>]*>key new/);
  t.match(page, /class="outcome faulty"/);
});

t.test('neither keys nor their MD5 stand in any of its outputs', async (t) => {
  const { folder, config, put } = await startAuditStand(t);
  await put('vault', 'a', 'x', NEW);
  await put('vault', 'b', 'x', LOST);
  const files = [join(folder, 'report.jsonl'), join(folder, 'report.html')] as const;
  const { stdout, stderr } = await run(config, 's3://vault', '--json', files[0], '--all', '--html', files[1]);
  const texts = [stdout, stderr, await readFile(files[0], 'utf8'), await readFile(files[1], 'utf8')].join(
    '\n',
  );
  t.match(texts, NEW.fingerprint);
  for (const { base64, md5 } of [NEW, OLD, LOST]) {
    for (const secret of [base64, md5]) {
      t.notOk(texts.includes(secret) || texts.includes(Buffer.from(secret, 'base64').toString('hex')));
    }
  }
  t.notMatch(texts, /owner-secret/);
});

t.test('what could steer a terminal is escaped', async (t) => {
  const { config, put } = await startAuditStand(t);
  await put('vault', 'a\u001b[2Jb\u202ec', 'x');
  const { stdout } = await run(config, 's3://vault');
  t.match(stdout, 's3://vault/a\\u001b[2Jb\\u202ec');
});

t.test('a terminal sees a bar with the rate and the time left, which goes at the end', async (t) => {
  const { config, put } = await startAuditStand(t);
  for (const name of 'abcdefgh') await put('vault', name, 'x', NEW);
  const written: string[] = [];
  const stderr = { isTTY: true, columns: 200, write: (text: string) => written.push(text) };
  const code = await verifying(quiet)([config, 's3://vault'], { stdout: { write: () => {} }, stderr });
  t.equal(code, 0);
  t.equal(written.at(-1), '\r\x1b[K');
});

t.test('what cannot be checked is neither fine nor faulty', async (t) => {
  const { folder, config } = await startAuditStand(t);
  const missing = await run(config, 's3://no-such-bucket');
  t.equal(missing.code, 3);
  t.match(missing.stdout, /^Not finished: .*bucket.* So far: 0 versions/m);
  await writeFile(join(folder, 'broken.yaml'), 'listen: 7');
  t.equal((await run(join(folder, 'broken.yaml'), 's3://vault')).code, 3);
  t.match(await run(config, 's3://vault', '--html', join(folder, 'none', 'x')), {
    code: 3,
    stderr: /could not be written/,
  });
  t.match(await run(config, 's3://vault', '--json', join(folder, 'none', 'x')), {
    code: 3,
    stderr: /could not be written/,
  });
  const ended = await ran(verifying({ signal: AbortSignal.abort(new Error('it was ended by SIGTERM')) }), [
    config,
    's3://vault',
  ]);
  t.match(ended, { code: 3, stdout: /Not finished: it was ended by SIGTERM/ });
});

t.test('while a key is unavailable, nothing is called fine or lost', async (t) => {
  const { folder, config, put } = await startAuditStand(t);
  await put('vault', 'naked', 'x');
  const waiting = join(folder, 'waiting.yaml');
  const text = await readFile(config, 'utf8');
  await writeFile(waiting, text.replace('old: { file: old }', 'old: { exec: { command: ["false"] } }'));
  t.match(await run(waiting, 's3://vault'), { code: 3, stdout: '', stderr: /^keys\.old is unavailable/ });
});

t.test('each bucket is asked for at the upstream that it is on', async (t) => {
  const [first, second] = [await startAuditStand(t), await startAuditStand(t)];
  await first.put('vault', 'a', 'x', NEW);
  await second.put('open', 'other/b', 'xyz', OTHER);
  const port = /127\.0\.0\.1:(\d+)\n {2}insecure/.exec(await readFile(second.config, 'utf8'))?.[1];
  const text = (await readFile(first.config, 'utf8'))
    .replace(/^(keys:)/m, `upstreams:\n  second:\n    ${SECOND.replace('PORT', port ?? '')}\n$1`)
    .replace(/(bucket: open[^}]*\}, encrypt: [^}]*) \}/g, '$1, upstream: second }');
  const config = join(first.folder, 'two.yaml');
  await writeFile(config, text);
  const { code, stdout, stderr } = await run(config, 's3://vault', 's3://open/other/');
  t.equal(code, 0, stdout + stderr);
  t.match(stdout, /key new .* 1 +1 B/);
  t.match(stdout, /key other .* 1 +3 B/);
});

const SECOND = `endpoint: http://127.0.0.1:PORT
    insecure: true
    region: eu-test-1
    provider: aws
    addressing: path
    credentials: { accessKeyId: owner, secretAccessKey: owner-secret-for-tests }`;

t.test('a wrong command line prints the usage and exits with 2', async (t) => {
  const wrong = [
    [],
    ['c'],
    ['c', 'vault'],
    ['c', 's3://'],
    ['c', 's3://vault', 'x'],
    ['c', 's3://vault', '--concurrency', '0'],
    ['c', 's3://vault', '--concurrency', '300'],
    ['c', 's3://vault', '--sample', '0.5'],
    ['c', 's3://vault', '--all'],
    ['c', 's3://vault', '--what'],
  ];
  for (const args of wrong)
    t.match(await run(...args), { code: 2, stdout: '', stderr: /^Usage: ssec-proxy verify/m });
  t.match(await run('--help'), { code: 0, stdout: /^Usage: ssec-proxy verify/ });
});

t.test('needs neither certificate nor clients, nor other stores, vaults and keys', async (t) => {
  const stand = await startAuditStand(t);
  await stand.put('vault', 'a', 'x', NEW);
  await stand.put('open', 'other/a', 'x', OTHER);
  await rm(join(stand.folder, 'other'));
  const file = await dayAfter(stand);
  const { code, stdout, stderr } = await run(file, 's3://vault');
  t.equal(code, 0, stdout + stderr);
  t.match(stdout, /Fine: 1 versions?/);
  t.match(stderr, /^not tried: keys\.other: /m);
  t.match(await run(file, 's3://open'), {
    code: 3,
    stderr: /keys\.other\.file: .* cannot be read: no such file/,
  });
});
