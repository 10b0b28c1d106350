import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type ReadFile, readFromDisk } from '../../../src/files.ts';
import { fingerprintOf } from '../../../src/keys/key.ts';
import { directoryStore } from '../../../src/keys/stores/directory.ts';
import { execStore } from '../../../src/keys/stores/exec.ts';
import { fileStore } from '../../../src/keys/stores/file.ts';
import { KeyStores } from '../../../src/keys/stores/key-stores.ts';
import { loadConfig } from '../../../src/snapshot/load.ts';
import { NOW, testKey } from '../../config/fixture.ts';
import { eventually } from '../../e2e/wire.ts';
import { isGone } from '../../support/is-gone.ts';
import { vaultStand } from './fake-vault.ts';
import {
  directoryStand,
  envStand,
  execStand,
  fileStand,
  mountSecret,
  type Stand,
  type State,
} from './stands.ts';

const CONFIG = `listen: [{ address: "127.0.0.1:0", auth: none }]
upstream:
  endpoint: https://s3.example.org
  region: eu-test-1
  credentials: { accessKeyId: { env: UP }, secretAccessKey: { env: UP } }
rules: [{ match: { bucket: vault }, encrypt: [a] }]
`;

/** `opens NAME` is the key of that name; `refused` keeps a config from being used, `waits` does not. */
type Outcome = `opens ${string}` | 'refused' | 'waits';

const NAMES = new Map(['a', 'b'].map((name) => [fingerprintOf(testKey(name)), name]));

async function outcomeOf(folder: string, stand: Stand, keyStores: KeyStores): Promise<[Outcome, string]> {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, `${CONFIG}keys:\n  a:\n    ${stand.source}\n${stand.config ?? ''}`);
  const { snapshot, problems } = await loadConfig(file, {
    env: { UP: 'test', ...stand.env },
    now: NOW,
    keyStores,
  });
  const text = problems.map(({ severity, path, message }) => `${severity}: ${path}: ${message}`).join('\n');
  const encryption = snapshot?.rules.rules[0]?.encryption;
  if (encryption === undefined) return ['refused', text];
  if (encryption.kind !== 'ssec') return ['waits', text];
  const { fingerprint } = encryption.ring[0].ssecKey;
  return [`opens ${NAMES.get(fingerprint) ?? fingerprint}`, text];
}

const holds = (name: string): State => ({ kind: 'holds', bytes: testKey(name) });
const STATES: Readonly<Record<string, State>> = {
  found: holds('a'),
  missing: { kind: 'missing' },
  unreachable: { kind: 'unreachable' },
  slow: { kind: 'slow' },
  'wrong length': { kind: 'holds', bytes: testKey('a').subarray(1) },
  'no secret': { kind: 'holds', bytes: Buffer.alloc(32, 7) },
};

interface Row {
  readonly make: (folder: string, t: Test) => Stand | Promise<Stand>;
  /** What comes of each state that is not the same everywhere, and what is said of it. */
  readonly expect: Readonly<Record<'missing' | 'unreachable' | 'slow', readonly [Outcome, RegExp]>>;
}

const LOCAL = {
  missing: ['refused', /error: keys\.a\.\w+: .* cannot be read: no such file/],
  unreachable: ['refused', /error: .*: a part of its path is not a directory/],
  slow: ['refused', /error: .*: it is not a regular file/],
} as const;
const UNSET = ['refused', /error: keys\.a\.env: the environment variable A_KEY is not set/] as const;
const ROWS: Readonly<Record<string, Row>> = {
  file: { make: fileStand, expect: LOCAL },
  directory: { make: directoryStand, expect: LOCAL },
  env: { make: envStand, expect: { missing: UNSET, unreachable: UNSET, slow: UNSET } },
  exec: {
    make: execStand,
    expect: {
      missing: ['waits', /warning: keys\.a\.exec: .*print key ended with exit code 3 \(43 bytes on stderr/],
      unreachable: ['waits', /print key ended with SIGKILL/],
      slow: ['waits', /print key took longer than 5000 ms and was killed/],
    },
  },
  vault: {
    make: vaultStand,
    expect: {
      missing: ['waits', /warning: keys\.a\.vault: secret\/ssec: nothing exists at that path \(404\)/],
      unreachable: ['waits', /the vault can't be reached: ECONNRESET/],
      slow: ['waits', /the vault can't be reached: no answer within 5000 ms/],
    },
  },
};

for (const [store, { make, expect }] of Object.entries(ROWS)) {
  const rows: Readonly<Record<string, readonly [Outcome, RegExp]>> = {
    found: ['opens a', /^$/],
    ...expect,
    'wrong length': ['refused', /error: keys\.a\.\w+: (31|62) bytes are not a key/],
    'no secret': ['refused', /error: keys\.a\.\w+: all 32 bytes of the key are the same/],
  };
  t.test(`a key from ${store}`, async (t) => {
    const folder = t.testdir({});
    const stand = await make(folder, t);
    const learn = async (state: State | undefined, keyStores = new KeyStores()) => {
      if (state) await stand.become(state);
      return await outcomeOf(folder, stand, keyStores);
    };
    for (const [name, [outcome, said]] of Object.entries(rows)) {
      const [got, text] = await learn(STATES[name]);
      t.equal(got, outcome, name);
      t.match(text, said, `what is said when it is ${name}`);
      t.notMatch(text, /hunter2/);
      t.notMatch(text, testKey('a').toString('base64'));
    }

    const keyStores = new KeyStores();
    t.equal((await learn(holds('a'), keyStores))[0], 'opens a');
    t.match(keyStores.health.all(), [{ lastSuccess: NOW, trouble: undefined }]);
    for (const [name, [outcome]] of Object.entries(expect)) {
      const [got] = await learn(STATES[name], keyStores);
      t.equal(got, outcome === 'waits' ? 'opens a' : outcome, `held before, now ${name}`);
      const trouble = outcome === 'waits' ? String : undefined;
      t.match(keyStores.health.all(), [{ lastSuccess: NOW, trouble }], `the health of what is ${name}`);
    }
    t.equal((await learn(holds('b'), keyStores))[0], 'opens b', 'replaced meanwhile');
    t.equal((await learn(STATES['wrong length'], keyStores))[0], 'refused', 'what is held excuses nothing');
  });
}

t.test('a key that the config no longer names is forgotten, unless that config is not used', async (t) => {
  const folder = t.testdir({ first: {}, second: {} });
  const keyStores = new KeyStores();
  const [first, second] = ['first', 'second'].map((name) => fileStand(join(folder, name))) as [Stand, Stand];
  const held = () => [...keyStores.held.values()].map(({ fingerprint }) => NAMES.get(fingerprint));
  await first.become(holds('a'));
  t.equal((await outcomeOf(folder, first, keyStores))[0], 'opens a');
  await second.become({ kind: 'missing' });
  t.equal((await outcomeOf(folder, second, keyStores))[0], 'refused');
  t.same(held(), ['a'], 'that config is not used');
  await second.become(holds('b'));
  t.equal((await outcomeOf(folder, second, keyStores))[0], 'opens b');
  t.same(held(), ['b']);
});

t.test('keys from one directory never come from two versions', async (t) => {
  const path = join(t.testdir({}), 'secret');
  const files = (version: string) => ({ a: Buffer.from(`a${version}`), b: Buffer.from(`b${version}`) });
  mountSecret(path, 'first', files('0'));
  let [swaps, whole] = [0, 0];
  let swapped = Promise.withResolvers<void>();
  // What Kubernetes does, in the worst moment: between the reading of one file and of the next, at each other reading.
  const readFile: ReadFile = async (name) => {
    if (name.endsWith('/b')) await swapped.promise;
    const content = await readFromDisk(name);
    if (name.endsWith('/a')) {
      swaps += 1;
      if (swaps % 2 === 1) mountSecret(path, String(swaps), files(String(swaps)));
      swapped.resolve();
    } else swapped = Promise.withResolvers();
    return content;
  };
  for (let round = 0; round < 20; round++) {
    const [a, b] = await directoryStore({ path, readFile }).fetch(['a', 'b']);
    if (a?.kind !== 'found' || b?.kind !== 'found') continue;
    whole += 1;
    t.equal(Buffer.from(a.bytes).toString().slice(1), Buffer.from(b.bytes).toString().slice(1));
  }
  t.equal(whole, 20, 'and a second try finds them');
});

t.test('a directory that never stops changing is unavailable at the moment', async (t) => {
  let version = 0;
  const answers = await directoryStore({
    path: '/secret',
    readFile: () => Promise.resolve({ bytes: testKey('a'), mode: 0o400, truncated: false }),
    readLink: () => Promise.resolve(String(version++)),
  }).fetch(['a']);
  t.match(answers, [{ kind: 'unavailable', message: /kept changing while it was read/ }]);
});

t.test('a failed disk may come back, so the key loaded before stays', async (t) => {
  const readFile: ReadFile = () => Promise.reject(Object.assign(new Error('disk'), { code: 'EIO' }));
  t.match(await fileStore(readFile).fetch(['/a']), [{ kind: 'unavailable', message: /EIO/ }]);
});

t.test('a command sees only the named variables of the environment', async (t) => {
  const run = async (env: Record<string, string>, argv: [string, ...string[]]) =>
    (await execStore().fetch([{ argv, env, timeout: 60_000 }]))[0];
  process.env.NOT_FOR_COMMANDS = 'hidden';
  const seen = await run({ SHOWN: 'shown' }, ['/usr/bin/env']);
  const lines = seen?.kind === 'found' ? Buffer.from(seen.bytes).toString().split('\n') : [];
  t.ok(lines.includes('SHOWN=shown'));
  t.notOk(lines.some((line) => /^(NOT_FOR_COMMANDS|PATH|HOME)=/.test(line)));
  t.match(await run({}, ['/nowhere/at-all']), { kind: 'refused', message: /no such program/ });
  t.match(await run({}, ['/usr/bin/head', '-c', '70000', '/dev/zero']), {
    kind: 'refused',
    message: /printed more than 65536 bytes/,
  });
});

t.test('everything that a command started is killed with it', async (t) => {
  const file = join(t.testdir({}), 'pid');
  const argv = ['/bin/sh', '-c', `sleep 600 & echo $! > ${file}; exit 0`] as const;
  const [answer] = await execStore().fetch([{ argv, env: {}, timeout: 5000 }]);
  t.match(answer, { kind: 'unavailable' }, 'its output stayed open');
  const pid = Number(readFileSync(file, 'utf8'));
  await eventually(() => isGone(pid));
  t.ok(isGone(pid), 'the sleep is gone');
});
