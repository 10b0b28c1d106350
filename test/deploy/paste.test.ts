import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';

const ROOT = join(import.meta.dirname, '../..');
const text = readFileSync(join(ROOT, 'docs/guides/kubernetes.md'), 'utf8');

/** What stands in for kubectl: a Secret becomes a folder of its files. It refuses what kubectl refuses: one that exists, no file. */
const KUBECTL = `#!/bin/bash
set -eu
place=default
if [[ $1 == -n ]]; then place=$2; shift 2; fi
[[ $1 == create ]] || { echo "not expected: $*" >&2; exit 64; }
if [[ $2 == namespace ]]; then mkdir "$CLUSTER/$3"; exit; fi
type=$3 secret=$CLUSTER/$place/$4
shift 4
mkdir "$secret"
for option; do
  value=\${option#--*=}
  case $type:$option in
    generic:--from-file=*=*) cp "\${value#*=}" "$secret/\${value%%=*}" ;;
    generic:--from-file=*) cp "$value" "$secret/" ;;
    generic:--from-literal=*) printf %s "\${value#*=}" > "$secret/\${value%%=*}" ;;
    tls:--cert=*) cp "$value" "$secret/tls.crt" ;;
    tls:--key=*) cp "$value" "$secret/tls.key" ;;
    *) echo "not expected: $option" >&2; exit 64 ;;
  esac
done
`;

/** Namespaces that are there before, since the client's own installation makes them. */
const OF_CLIENTS = ['default', 'velero', 'longhorn-system'];

interface Stand {
  readonly folder: string;
  /** Runs commands where the page says, as somebody who pastes them. */
  readonly run: (commands: string) => Pick<SpawnSyncReturns<string>, 'status' | 'stdout' | 'stderr'>;
  /** Files of the Secrets in the cluster: `NAMESPACE/NAME/FILE`. */
  readonly held: () => ReadonlyMap<string, Buffer>;
  /** Files of the folder that the page makes. */
  readonly files: () => ReadonlyMap<string, Buffer>;
}

function startStand(t: Test): Stand {
  const folder = t.testdir({
    bin: {},
    clone: {},
    cluster: Object.fromEntries(OF_CLIENTS.map((name) => [name, {}])),
  });
  const CLUSTER = join(folder, 'cluster');
  cpSync(join(ROOT, 'deploy/examples'), join(folder, 'clone/deploy/examples'), { recursive: true });
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'src/main.ts')}' "$@"\n`;
  for (const [name, script] of [
    ['kubectl', KUBECTL],
    ['ssec-proxy', program],
  ] as const) {
    writeFileSync(join(folder, 'bin', name), script);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`,
    HOME: folder,
    CLUSTER,
    STORE_ACCESS_KEY_ID: 'an-id-at-the-store',
    STORE_SECRET_ACCESS_KEY: 'a-secret-at-the-store',
    AUDITOR_ACCESS_KEY_ID: 'an-id-that-reads',
    AUDITOR_SECRET_ACCESS_KEY: 'a-secret-that-reads',
  };
  return {
    folder,
    run: (commands) =>
      spawnSync('bash', ['--norc', '-eu', '-c', commands], {
        cwd: join(folder, 'clone'),
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    held: () => readAll(CLUSTER, '*/*/*'),
    files: () => readAll(join(folder, 'ssec-proxy-files'), '*'),
  };
}

function readAll(cwd: string, pattern: string): ReadonlyMap<string, Buffer> {
  return new Map(globSync(pattern, { cwd }).map((path) => [path, readFileSync(join(cwd, path))] as const));
}

/** Files of the second step, which takes a while: made once. */
const made = new Map<string, Buffer>();

/** Takes the second step. @returns how a shell comes where it ends */
function takeFiles(t: Test, { folder, run, files }: Stand): string {
  const there = 'clone=$PWD; cd ../ssec-proxy-files; umask 077\n';
  if (made.size === 0) {
    t.match(run(FILES), { status: 0, stderr: '' }, 'the files');
    for (const [name, content] of files()) made.set(name, content);
  } else {
    mkdirSync(join(folder, 'ssec-proxy-files'));
    for (const [name, content] of made)
      writeFileSync(join(folder, 'ssec-proxy-files', name), content, { mode: 0o600 });
  }
  return there;
}

/** The blocks of a step of the page. */
function blocksOf(heading: string): string {
  const below = text.split(`\n### ${heading}\n`)[1]?.split('\n##')[0] ?? '';
  return [...below.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block).join('');
}

const FILES = blocksOf('2. Files');
const SECRETS = blocksOf('3. Secrets');

t.test('the page has the commands that make the files, and those that make the Secrets', (t) => {
  t.match(FILES, 'ssec-proxy cert');
  t.match(SECRETS, 'deploy/examples/velero/manifest.yaml');
  t.end();
});

const MANIFESTS = [
  ...globSync('*/manifest.yaml', { cwd: join(ROOT, 'deploy/examples') }),
  'service.yaml',
].toSorted();

/** Pasted twice: it has a file that is made of another. */
const AGAIN = 'velero/manifest.yaml';

for (const manifest of MANIFESTS)
  t.test(`${manifest}: pasted, the commands make every file that they name, and Secrets that fit`, (t) => {
    const stand = startStand(t);
    const commands = `${takeFiles(t, stand)}${SECRETS.replace('velero/manifest.yaml', manifest)}`;
    const first = stand.run(commands.replace('bash -C', 'bash -euC'));
    t.strictSame([first.status, first.stderr], [0, '']);
    const held = stand.held();
    requireFits(t, held);
    if (manifest === AGAIN) {
      const files = stand.files();
      const second = stand.run('cd ../ssec-proxy-files; bash -C secrets.sh');
      t.match(second.stderr, 'exist');
      t.strictSame([stand.held(), stand.files()], [held, files], 'what is there stays');
    }
    t.end();
  });

/** The proxy serves with the Secrets, and the client signs with the very bytes that the proxy knows. */
function requireFits(t: Test, held: ReadonlyMap<string, Buffer>): void {
  const certificate = new X509Certificate(held.get('storage/ssec-proxy-tls/tls.crt') ?? '');
  t.equal(certificate.checkHost('ssec-proxy.storage.svc'), 'ssec-proxy.storage.svc');
  const entries = [...held].filter(([path]) => !path.includes('/ssec-proxy-keys/'));
  const secrets = entries.filter(([path]) => path.startsWith('storage/ssec-proxy-clients/'));
  t.ok(secrets.length > 0);
  for (const [path, bytes] of secrets) {
    const secret = bytes.toString();
    t.match(secret, /^[0-9a-f]{64}$/, `${path}, to the last byte`);
    const told = entries.filter(([other, content]) => other !== path && content.includes(secret));
    for (const [other, content] of told)
      t.ok(
        content.equals(bytes) || /=.*\n$/.test(content.toString()),
        `${other} has it as it is, or in a line of its own`,
      );
    const clients = new Set(
      entries.map(([other]) => other.split('/')[0]).filter((place) => place !== 'storage'),
    );
    t.ok(told.length > 0 || clients.size === 0, 'the client is told it');
  }
  for (const [path, content] of entries)
    if (/ssec-proxy-(?:ca\/ca\.crt|client\/AWS_CERT)$/.test(path)) {
      const authority = new X509Certificate(content);
      t.ok(certificate.verify(authority.publicKey), path);
    }
  for (const [path, content] of held)
    if (path.includes('/ssec-proxy-keys/')) t.equal(content.length, 32, path);
}

for (const name of ['sidecar.yaml', 'injected.yaml'])
  t.test(`${name}: pasted, the commands make every file that they name`, (t) => {
    const { run, held } = startStand(t);
    const commands = commandsOf(name).replace(/^helm .*$/m, '');
    t.match(run(commands), { status: 0, stderr: '' });
    t.strictSame([...held().keys()].toSorted(), [
      'default/app-ssec-keys/app-2026',
      'default/app-upstream/accessKeyId',
      'default/app-upstream/secretAccessKey',
    ]);
    t.end();
  });

t.test('verify.yaml and vault.yaml: what they add goes with what the proxy has', (t) => {
  const stand = startStand(t);
  const { run, held } = stand;
  t.match(
    run(
      `${takeFiles(t, stand)}${SECRETS.replace('velero/manifest', 'service')}\n${commandsOf('verify.yaml')}`,
    ),
    {
      status: 0,
      stderr: '',
    },
  );
  t.equal(held().get('storage/ssec-proxy-auditor/accessKeyId')?.toString(), 'an-id-that-reads');
  t.equal(held().get('storage/ssec-proxy-upstream/accessKeyId')?.toString(), 'an-id-at-the-store');
  const other = startStand(t);
  const inCluster = commandsOf('vault.yaml').replace(
    /^[\s\S]*?(?=openssl rand -hex)/,
    'echo vault > vault-ca.crt\n',
  );
  t.match(other.run(`${takeFiles(t, other)}${inCluster}`), { status: 0, stderr: '' });
  t.equal(other.held().get('storage/ssec-proxy-vault/ca.crt')?.toString(), 'vault\n');
  requireFits(t, other.held());
  t.end();
});

t.test('restic-rclone.md: pasted, the commands make what the host needs, and check passes', (t) => {
  const page = readFileSync(join(ROOT, 'docs/guides/restic-rclone.md'), 'utf8');
  const [, commands = ''] = /^```sh\n(umask[\s\S]*?)^```$/m.exec(page) ?? [];
  const { run } = startStand(t);
  const told = [
    "sed -i 's|/etc/|./etc/|' /etc/restic/restic.env",
    '. /etc/restic/restic.env',
    'echo "told: $AWS_SECRET_ACCESS_KEY $RESTIC_SECRET $UPSTREAM_SECRET_ACCESS_KEY"',
    'stat -c %a /etc/ssec-proxy/* /etc/restic/* | sort -u',
  ];
  const { status, stderr, stdout } = run(
    [commands, ...told]
      .join('\n')
      .replaceAll(/(?<=[ (])\/etc\//g, './etc/')
      // The store is not asked for its time.
      .replace('ssec-proxy check', 'ssec-proxy check --offline'),
  );
  t.strictSame([status, stderr], [0, '']);
  t.match(stdout, /told: ([0-9a-f]{64}) \1 a-secret-at-the-store\n600\n$/);
  t.end();
});

/** The commands in the first lines of an example. */
function commandsOf(name: string): string {
  const lines = readFileSync(join(ROOT, 'deploy/examples', name), 'utf8').split('\n');
  return lines.flatMap((line) => (line.startsWith('#   ') ? [line.slice(4)] : [])).join('\n');
}
