import t from 'tap';
import { type CheckAsked, check } from '../../src/cli/check.ts';
import { ENV, FILES, MINIMAL, NOW, stubReader } from '../config/fixture.ts';
import { commandLine } from '../support/command.ts';

async function run(args: readonly string[], text = MINIMAL) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { stdout: { write: (s: string) => out.push(s) }, stderr: { write: (s: string) => err.push(s) } };
  const readFile = stubReader({ ...FILES, '/etc/proxy/config.yaml': text });
  const offline = args.length === 1 && args[0] === FILE ? ['--offline'] : [];
  const checkIt = commandLine<CheckAsked>('check', (asked, to) =>
    check(asked, to, { env: ENV, readFile, now: NOW }),
  );
  const code = await checkIt([...args, ...offline], io);
  return { code, out: out.join(''), err: err.join('') };
}

const FILE = '/etc/proxy/config.yaml';

t.test('a good config is ok and exits with 0; a key without its fingerprint gets a hint', async (t) => {
  const { code, out, err } = await run([FILE]);
  t.strictSame({ code, err }, { code: 0, err: '' });
  t.match(out, /^hint: keys\.vault: .* add fingerprint: [0-9a-f]{32}\n.*config\.yaml: ok\n$/);
});

t.test('warnings are printed and exit with 0', async (t) => {
  const { code, out } = await run([FILE], MINIMAL.replace('{ env: UP_SECRET }', 'literal'));
  t.equal(code, 0);
  t.match(out, /^warning: upstream\.credentials\.secretAccessKey: .*config\.yaml:6:52\)/);
  t.ok(out.endsWith(`${FILE}: 1 warning\n`));
});

t.test('errors are printed and exit with 1', async (t) => {
  const { code, out } = await run([FILE], MINIMAL.replace('[vault]', '[valt, vualt]'));
  t.equal(code, 1);
  t.match(
    out,
    'error: rules[0].encrypt[0]: unknown key "valt" (/etc/proxy/config.yaml:13:15); did you mean "vault"?',
  );
  t.ok(out.endsWith(`${FILE}: 2 errors\n`), out);
});

t.test('a file that is not there is an error', async (t) => {
  const { code, out } = await run(['/none.yaml']);
  t.equal(code, 1);
  t.match(out, 'error: the config cannot be read: no such file (/none.yaml:1:1)');
});

t.test('a wrong command line prints the usage and exits with 2', async (t) => {
  for (const args of [[], ['a', 'b'], ['--what', FILE]]) {
    const { code, out, err } = await run(args);
    t.strictSame([code, out], [2, '']);
    t.match(err, /^error: .*\n(?:.*\n)?Usage: ssec-proxy check \[options\] <config>$/m);
  }
  const help = await run(['--help']);
  t.equal(help.code, 0);
  t.match(help.out, /^Usage:/);
});

t.test('--json prints one document with what the lines say, and nothing else', async (t) => {
  const good = await run([FILE, '--json', '--offline']);
  t.equal(good.code, 0);
  t.match(JSON.parse(good.out), {
    file: FILE,
    exitCode: 0,
    errors: 0,
    warnings: 0,
    problems: [{ severity: 'hint', message: /^keys\.vault: .* add fingerprint: / }],
  });
  const bad = await run(
    [FILE, '--json', '--offline'],
    MINIMAL.replace('[vault]', '[valt]').replace('{ env: UP_SECRET }', 'literal'),
  );
  t.equal(bad.code, 1);
  t.strictSame(JSON.parse(bad.out), {
    file: FILE,
    exitCode: 1,
    errors: 1,
    warnings: 1,
    problems: [
      {
        severity: 'warning',
        path: 'upstream.credentials.secretAccessKey',
        message: 'a secret is in the config itself',
        fix: 'move it to { env: NAME } or { file: PATH }',
        line: 6,
        column: 52,
      },
      {
        severity: 'error',
        path: 'rules[0].encrypt[0]',
        message: 'unknown key "valt"',
        fix: 'did you mean "vault"?',
        line: 13,
        column: 15,
      },
    ],
  });
  t.equal(bad.err, '');
  const none = await run(['/none.yaml', '--json']);
  t.match(JSON.parse(none.out), { exitCode: 1, errors: 1, problems: [{ path: '', line: 1 }] });
});

t.test('what cannot be right is an error here, though the proxy would start with it', async (t) => {
  const { code, out } = await run([FILE], MINIMAL.replace('s3.example.org', 's3.example.org/backups'));
  t.equal(code, 1);
  t.match(out, /^error: upstream\.endpoint: the endpoint has the bucket "backups" in its path/);
});

t.test('asks the store for the time, unless it is told not to', async (t) => {
  const text = MINIMAL.replace('https://s3.example.org', 'http://127.0.0.1:1\n  insecure: true');
  const asking = await run([FILE, '--'], text);
  t.equal(asking.code, 0, 'a store that is down is no error of the config');
  t.match(asking.out, /^warning: upstream\.endpoint: the store did not tell the time: ECONNREFUSED/m);
  t.match(asking.out, /: 1 warning\n$/);
  const { out } = await run([FILE, '--offline'], text);
  t.match(out, /: ok\n$/);
});
