import t from 'tap';
import { type InjectAsked, settingsOf } from '../../src/cli/inject.ts';
import { runProgram } from '../e2e/process.ts';
import { IMAGE, pod, reviewOf } from '../inject/fixture.ts';
import { bundleIn, call, cluster } from '../inject/stand.ts';
import { commandLine } from '../support/command.ts';
import { ran } from '../support/io.ts';

const OWN = [
  '--secret',
  'injector-tls',
  '--configuration',
  'ssec-proxy-injector',
  '--host',
  'injector.storage.svc',
];
const ENV = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

t.test('serves until SIGTERM, as a process of its own', async (t) => {
  const api = await cluster(t);
  const { host, port, account } = api.cluster;
  const program = runProgram(
    t,
    [
      'inject',
      '--image',
      IMAGE,
      '--listen',
      '127.0.0.1:0',
      '--service-account',
      account,
      ...OWN,
      '--host',
      '127.0.0.1',
    ],
    { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: String(port) },
  );
  const line = (await program.until(/"msg":"serving"/))
    .split('\n')
    .find((text) => text.includes('"serving"'));
  const serving = JSON.parse(line ?? '{}') as { port: number };
  const { status, text } = await call(serving.port, bundleIn(api), { body: reviewOf(pod()) });
  t.equal(status, 200, program.stdout());
  t.match(JSON.parse(text), { response: { allowed: true } });
  program.child.kill('SIGTERM');
  t.same(await program.exited, [0, null]);
  t.equal(program.stderr(), '');
  t.notMatch(program.stdout(), /PRIVATE KEY|a-token/);
});

t.test('waits for a certificate that is not there yet, until it is told to end', async (t) => {
  const folder = t.testdir();
  const { child, exited, ...program } = runProgram(
    t,
    [
      'inject',
      '--image',
      IMAGE,
      '--listen',
      '127.0.0.1:0',
      '--cert',
      `${folder}/a.crt`,
      '--key',
      `${folder}/a.key`,
    ],
    ENV,
  );
  const text = await program.until(/no certificate yet/);
  t.match(text, /a\.crt can't be read: no such file/);
  child.kill('SIGTERM');
  t.same(await exited, [0, null]);
  t.equal(program.stderr(), '');
});

const asked = (more: Partial<InjectAsked> = {}): InjectAsked => ({
  image: IMAGE,
  allowImage: [],
  listen: '0.0.0.0:8443',
  cert: undefined,
  key: undefined,
  secret: 'injector-tls',
  configuration: 'ssec-proxy-injector',
  host: ['injector.storage.svc'],
  serviceAccount: '/account',
  ...more,
});

t.test('the command line says what is served with', (t) => {
  t.match(settingsOf(asked(), ENV), {
    address: { host: '0.0.0.0', port: 8443 },
    cluster: { host: '10.0.0.1', port: 443, account: '/account' },
    certificate: { kind: 'own', hosts: ['injector.storage.svc'] },
  });
  t.match(settingsOf(asked({ cert: 'a', key: 'b', secret: undefined, configuration: undefined }), ENV), {
    certificate: { kind: 'mounted', cert: 'a', key: 'b' },
  });
  t.end();
});

t.test('a command line that says too little is refused', (t) => {
  for (const [more, env, message] of [
    [{ secret: undefined, configuration: undefined }, ENV, /a certificate is needed/],
    [{ host: [] }, ENV, /--secret needs --host/],
    [{ host: ['https://a'] }, ENV, /--host takes a host name/],
    [{ listen: '8443' }, ENV, /--listen takes host:port/],
    [{}, {}, /KUBERNETES_SERVICE_HOST is not set/],
    [{}, { ...ENV, KUBERNETES_SERVICE_PORT: 'a' }, /KUBERNETES_SERVICE_PORT is not a port/],
  ] as const)
    t.throws(() => settingsOf(asked(more), env), { name: 'UsageError', message });
  t.end();
});

t.test('options that contradict each other, or lack one, are a wrong command line', async (t) => {
  for (const args of [[], ['--cert', 'a'], ['--secret', 'a'], [...OWN, '--cert', 'a', '--key', 'b']]) {
    const { code } = await ran(commandLine('inject'), ['--image', 'a', ...args]);
    t.equal(code, 2, args.join(' '));
  }
  t.equal((await ran(commandLine('inject'), OWN)).code, 2, 'without an image');
});
