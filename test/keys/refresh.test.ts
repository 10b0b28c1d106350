import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { SseKey } from '../../src/keys/key.ts';
import { refreshKeys } from '../../src/keys/refresh.ts';
import { testKey } from '../config/fixture.ts';
import { folderOf, runProgram } from '../e2e/process.ts';
import { httpStore } from '../e2e/wire.ts';
import { fakeVault, reply } from './stores/fake-vault.ts';

t.test('tries again with waits that double, up to a minute, and stops when all keys are loaded', (t) => {
  let trouble: string | undefined = 'down';
  const waits: number[] = [];
  const original = globalThis.setTimeout;
  t.teardown(() => {
    globalThis.setTimeout = original;
  });
  globalThis.setTimeout = ((_call: () => void, ms: number) => {
    waits.push(ms);
    return original(() => undefined, 0);
  }) as typeof setTimeout;
  const refresher = refreshKeys({
    health: { trouble: () => trouble, asksOthers: () => true },
    request: () => undefined,
    random: () => 1,
  });
  for (let tries = 0; tries < 9; tries++) refresher.arm(300_000);
  t.strictSame(
    waits.splice(0),
    [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000),
  );
  refresher.arm(500);
  t.strictSame(waits.splice(0), [500], 'never later than a refresh');
  trouble = undefined;
  refresher.arm(300_000);
  trouble = 'down again';
  refresher.arm(undefined);
  t.strictSame(waits.splice(0), [300_000, 1000], 'then it begins anew, be refreshes off');
  refresher.stop();
  refresher.arm(1);
  t.strictSame(waits, []);
  t.end();
});

t.test('a vault that starts, stops and replaces a key, while the proxy serves', async (t) => {
  const vault = await fakeVault(t, t.testdir({}));
  const store = await httpStore(t, (_request, response) => response.end('from the store'));
  vault.behave = (_asked, response) => reply(response, 503, { errors: ['Vault is sealed'] });
  vault.value = testKey('a').toString('hex');
  const folder = await folderOf(t, {
    'b.key': testKey('b'),
    'config.yaml': `listen: [{ address: "127.0.0.1:0", auth: none }]
admin: { address: "127.0.0.1:0" }
reload: { keys: 200ms }
upstream:
  endpoint: http://127.0.0.1:${store.port}
  insecure: true
  region: eu-test-1
  provider: aws
  addressing: path
  credentials: { accessKeyId: { env: UP }, secretAccessKey: { env: UP } }
keys:
  a: { vault: { server: main, path: ssec }, format: hex }
  b: { file: b.key }
vaults:
  main: { address: "${vault.address}", ca: "${vault.ca}", auth: { appRole: { roleId: { env: UP }, secretId: { env: UP } } } }
rules:
  - { match: { bucket: in-vault }, encrypt: [a] }
  - { match: { bucket: on-disk }, encrypt: [b] }
`,
  });
  const program = runProgram(t, ['serve', join(folder, 'config.yaml')], { UP: 'up-hunter2' });
  const said = await program.until(/"msg":"serving"/);
  const [, url = ''] = /"listen":\["([^"]+)"/.exec(said) ?? [];
  const [, adminPort = ''] = /"admin":(\d+)/.exec(said) ?? [];
  const get = async (address: string) => {
    const response = await fetch(address);
    return `${response.status} ${(await response.text()).trim()}`;
  };
  const admin = (path: string) => get(`http://127.0.0.1:${adminPort}${path}`);
  const becomes = async (path: string, wanted: RegExp) => {
    let text = '';
    for (let tries = 0; tries < 400 && !wanted.test(text); tries++) {
      await pause(25);
      text = await admin(path);
    }
    t.match(text, wanted);
  };

  t.match(
    await admin('/readyz'),
    /^503 waiting for keys: keys\.a: .*sealed, or down for maintenance \(503\)$/,
  );
  t.match(await get(`${url}/in-vault/x`), /^503 .*ServiceUnavailable/s, 'nothing goes on without the key');
  t.equal(store.requests.length, 0);
  t.equal(await get(`${url}/on-disk/x`), '200 from the store', 'the other rule serves');
  t.match(await admin('/metrics'), 'ssec_proxy_key_store_up{store="vault:main"} 0');

  vault.behave = undefined;
  await becomes('/readyz', /^200 ready$/);
  t.equal(await get(`${url}/in-vault/x`), '200 from the store');
  const md5 = 'x-amz-server-side-encryption-customer-key-md5';
  t.equal(store.requests.at(-1)?.headers[md5], new SseKey('a', testKey('a')).md5);
  await becomes('/metrics', /ssec_proxy_key_store_up\{store="vault:main"\} 1/);

  vault.behave = (_asked, response) => response.socket?.destroy() !== undefined;
  await becomes('/readyz', /^200 ready; degraded: vault:main: the vault can't be reached: ECONNRESET$/);
  t.equal(await get(`${url}/in-vault/x`), '200 from the store', 'the key loaded before stays in use');
  t.match(
    await admin('/metrics'),
    /key_store_up\{store="vault:main"\} 0[\s\S]*key_store_last_success_timestamp_seconds\{store="vault:main"\} \d+/,
  );

  vault.behave = undefined;
  vault.value = testKey('c').toString('hex');
  await program.until(/keys\.a: its bytes changed/);
  t.equal(await get(`${url}/in-vault/x`), '200 from the store');
  t.equal(
    store.requests.at(-1)?.headers[md5],
    new SseKey('a', testKey('a')).md5,
    'not the key that came instead',
  );
  await becomes('/metrics', /ssec_proxy_config_last_reload_successful 0/);
  vault.value = testKey('a').toString('hex');
  await becomes('/metrics', /ssec_proxy_config_last_reload_successful 1/);

  const waits = program.stdout().match(/sealed, or down for maintenance/g) ?? [];
  t.ok(waits.length <= 3, `what was told once is not told at each try: ${waits.length}`);
  t.notMatch(program.stdout(), /hunter2/);
  program.child.kill('SIGTERM');
  t.strictSame(await program.exited, [0, null]);
  t.equal(vault.tokens.size, 0, 'it logged out');
});
