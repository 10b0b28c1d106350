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

t.test('asks the store for the time, unless it is told not to', async (t) => {
  const text = MINIMAL.replace('https://s3.example.org', 'http://127.0.0.1:1\n  insecure: true');
  const asking = await run([FILE, '--'], text);
  t.equal(asking.code, 0, 'a store that is down is no error of the config');
  t.match(asking.out, /^warning: upstream\.endpoint: the store did not tell the time: ECONNREFUSED/m);
  t.match(asking.out, /: 1 warning\n$/);
  const { out } = await run([FILE, '--offline'], text);
  t.match(out, /: ok\n$/);
});
