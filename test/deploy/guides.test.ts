import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/snapshot/load.ts';
import { NOW, stubReader, testKey } from '../config/fixture.ts';
import { BackupStorageLocation, BackupTarget, CUSTOM_KINDS, ObjectStore } from './custom-kinds.ts';
import { configsOf, fileOf, GUIDES, type Guide, objectOf } from './guides.ts';
import { readExample } from './manifest.ts';
import { CONFIG_FILE, entriesOfSecret, mounted } from './mounted.ts';

const ROOT = join(import.meta.dirname, '../..');
const CORE = ['ConfigMap', 'Deployment', 'Service'];
const FLEET = readExample('service.yaml');
const inKubernetes = GUIDES.filter(({ objects }) => objects.length > 0);
const manifestOf = (name: string): string => fileOf(name, 'manifest.yaml');

const ConfigMapSchema = z.looseObject({ data: z.record(z.string(), z.string()) });

t.test('there is a guide for each of the clients', (t) => {
  t.strictSame(
    GUIDES.map(({ name }) => name),
    'cloudnativepg harbor host loki longhorn mimir registry tempo thanos velero'.split(' '),
  );
  t.end();
});

t.test('every file of a guide is named by a page, and shown there unless a manifest holds it', (t) => {
  const pages = globSync('docs/guides/*.md', { cwd: ROOT })
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n');
  for (const { name, files } of GUIDES)
    for (const file of files.keys()) {
      const path = `deploy/examples/${name}/${file}`;
      t.ok(pages.includes(`\`${path}\``), path);
      if (file !== 'manifest.yaml') t.ok(pages.includes(`<!-- generated:file ${path} -->`), path);
    }
  t.end();
});

t.test('every page with files of a guide says where its claims come from, and what was seen', (t) => {
  const pages = globSync('docs/guides/*.md', { cwd: ROOT })
    .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')] as const)
    .filter(([, text]) => text.includes('<!-- generated:file '));
  t.equal(pages.length, 9);
  for (const [path, text] of pages) {
    t.match(text, /<!--(?:(?!-->)[\s\S])*https:\/\//, path);
    t.match(text, /^## What was seen$/m, path);
  }
  t.end();
});

for (const guide of inKubernetes) {
  const { name, files, objects } = guide;
  const configMaps = objects.filter(({ kind }) => kind === 'ConfigMap');

  for (const [file, config] of configsOf(guide))
    t.test(
      `${name}/${file}: check has nothing to say, with the secrets that the comment makes`,
      async (t) => {
        const text = `${config}${manifestOf(name)}`;
        const { snapshot, problems } = await loadConfig(CONFIG_FILE, {
          readFile: await mounted({ config, pod: FLEET.pod, proxy: FLEET.proxy, text }),
          env: {},
          now: NOW,
          offline: true,
        });
        t.strictSame(problems, []);
        t.ok(snapshot?.rules.rules.every(({ encryption }) => encryption.kind === 'ssec'));
        t.equal(snapshot?.limits.drain, 30_000, 'the pod of service.yaml is given longer');
      },
    );

  t.test(`${name}: the manifest holds the config of the proxy, and the client's own`, (t) => {
    const [proxy, ...others] = configMaps;
    t.match(proxy?.metadata, { name: 'ssec-proxy', namespace: 'storage' });
    t.strictSame(ConfigMapSchema.parse(proxy).data, Object.fromEntries(configsOf(guide).slice(0, 1)));
    for (const other of others)
      for (const [file, text] of Object.entries(ConfigMapSchema.parse(other).data))
        t.equal(text, files.get(file), file);
    t.end();
  });

  t.test(`${name}: every kind is known, and says nothing that it does not have`, (t) => {
    for (const object of objects) {
      if (CORE.includes(object.kind)) continue;
      t.ok(Object.hasOwn(CUSTOM_KINDS, object.kind), object.kind);
      const { error } = CUSTOM_KINDS[object.kind as keyof typeof CUSTOM_KINDS].safeParse(object);
      t.equal(error?.message, undefined, object.kind);
    }
    t.end();
  });

  t.test(`${name}: the client comes as one that the proxy knows, to the proxy's name`, (t) => {
    const { clients } = z
      .looseObject({ clients: z.array(z.looseObject({ accessKeyId: z.string() })) })
      .parse(parse(configsOf(guide)[0]?.[1] ?? ''));
    t.strictSame(
      clients.map(({ accessKeyId }) => accessKeyId),
      entriesOfSecret(manifestOf(name), 'ssec-proxy-clients'),
    );
    const said = [...files.values()].join('\n');
    const hosts = [...said.matchAll(/\bssec-proxy\.(?!schema)[\w.-]+/g)].map(([host]) => host);
    t.ok(hosts.length > 0 && hosts.every((host) => host === 'ssec-proxy.storage.svc'), hosts.join());
    t.end();
  });
}

interface Upstream {
  readonly upstream: { readonly region: string };
  readonly rules: readonly { readonly match: { readonly bucket: string } }[];
}

/** Where the client says that it writes, by its own file. */
const PLACES: Readonly<
  Record<string, () => { readonly region: string; readonly buckets: readonly string[] }>
> = {
  velero: () => {
    const { config, objectStorage } = BackupStorageLocation.parse(
      objectOf('velero', 'BackupStorageLocation'),
    ).spec;
    return { region: config.region, buckets: [objectStorage.bucket] };
  },
  cloudnativepg: () => {
    const { destinationPath } = ObjectStore.parse(objectOf('cloudnativepg', 'ObjectStore')).spec
      .configuration;
    // barman-cloud is told no region.
    return { region: 'fsn1', buckets: [new URL(destinationPath).host] };
  },
  longhorn: () => {
    const { username, host } = new URL(
      BackupTarget.parse(objectOf('longhorn', 'BackupTarget')).spec.backupTargetURL,
    );
    return { region: host, buckets: [username] };
  },
  loki: () => placeIn('loki', 'loki.yaml', /region: (\S+)/, /bucketnames: (\S+)/g),
  tempo: () => placeIn('tempo', 'tempo.yaml', /region: (\S+)/, /bucket: (\S+)/g),
  mimir: () => placeIn('mimir', 'mimir.yaml', /region: (\S+)/, /bucket_name: (\S+)/g),
  thanos: () => placeIn('thanos', 'objstore.yaml', /region: (\S+)/, /bucket: (\S+)/g),
  harbor: () => placeIn('harbor', 'values.yaml', /region: (\S+)/, /bucket: (\S+)/g),
  registry: () => placeIn('registry', 'registry.yaml', /region: (\S+)/, /bucket: (\S+)/g),
  host: () => placeIn('host', 'restic.env', /DEFAULT_REGION=(\S+)/, /8080\/(\w+)\//g),
};

function placeIn(guide: string, file: string, region: RegExp, bucket: RegExp) {
  const text = fileOf(guide, file);
  return {
    region: region.exec(text)?.[1] ?? '',
    buckets: [...text.matchAll(bucket)].map(([, name = '']) => name),
  };
}

for (const guide of GUIDES)
  t.test(`${guide.name}: the client writes to buckets that a rule encrypts, in the store's region`, (t) => {
    const { upstream, rules } = parse(configsOf(guide)[0]?.[1] ?? '') as Upstream;
    const { region, buckets } = PLACES[guide.name]?.() ?? { region: '', buckets: [] };
    t.equal(region, upstream.region);
    t.ok(buckets.length > 0);
    const globs = rules.map(({ match }) => new RegExp(`^${match.bucket.replace('*', '.*')}$`));
    for (const bucket of buckets)
      t.ok(
        globs.some((glob) => glob.test(bucket)),
        bucket,
      );
    t.end();
  });

t.test('what the objects of a client refer to is made by the comment of its manifest', (t) => {
  const { objectStorage, credential } = BackupStorageLocation.parse(
    objectOf('velero', 'BackupStorageLocation'),
  ).spec;
  const { endpointCA, s3Credentials } = ObjectStore.parse(objectOf('cloudnativepg', 'ObjectStore')).spec
    .configuration;
  const wanted = [
    ['velero', objectStorage.caCertRef],
    ['velero', credential],
    ['cloudnativepg', endpointCA],
    ['cloudnativepg', s3Credentials.accessKeyId],
    ['cloudnativepg', s3Credentials.secretAccessKey],
  ] as const;
  for (const [guide, { name, key }] of wanted)
    t.ok(entriesOfSecret(manifestOf(guide), name).includes(key), `${guide}: ${name}, ${key}`);
  const { credentialSecret } = BackupTarget.parse(objectOf('longhorn', 'BackupTarget')).spec;
  t.strictSame(entriesOfSecret(manifestOf('longhorn'), credentialSecret), [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_ENDPOINTS',
    'AWS_CERT',
    'VIRTUAL_HOSTED_STYLE',
  ]);
  for (const guide of ['loki', 'tempo', 'mimir', 'thanos', 'harbor', 'registry'])
    t.strictSame(entriesOfSecret(manifestOf(guide), 'ssec-proxy-ca'), ['ca.crt'], guide);
  t.end();
});

const SEVERAL = readFileSync(join(ROOT, 'docs/guides/several-clients.md'), 'utf8');
const LEAVES_CONFIG_OUT = "kubectl apply -l 'app.kubernetes.io/name!=ssec-proxy' -f ";

t.test('a second guide can be applied without its config, which would take the place of the first', (t) => {
  t.ok(SEVERAL.includes(`${LEAVES_CONFIG_OUT}deploy/examples/loki/manifest.yaml`));
  const moving = readFileSync(join(ROOT, 'docs/guides/velero.md'), 'utf8').split('## Moving from')[1];
  t.match(moving, `${LEAVES_CONFIG_OUT}"$clone/deploy/examples/velero/manifest.yaml"`);
  for (const { name, objects } of inKubernetes) {
    const left = objects.filter(
      ({ metadata: { labels } }) =>
        (labels as Record<string, string> | undefined)?.['app.kubernetes.io/name'] === 'ssec-proxy',
    );
    t.match(left, [{ kind: 'ConfigMap', metadata: { name: 'ssec-proxy', namespace: 'storage' } }], name);
    t.equal(left.length, 1, name);
  }
  t.end();
});

t.test(
  'several clients: check has nothing to say, with the entries that are added to the Secrets',
  async (t) => {
    const config = /```yaml config\n(.*?)```/s.exec(SEVERAL)?.[1] ?? '';
    const parts = ['keys', 'upstream', 'clients', 'tls'].map((part) => `ssec-proxy-${part}`);
    const text = parts
      .map((name) => [
        name,
        ...entriesOfSecret(manifestOf('velero'), name),
        ...entriesOfSecret(SEVERAL, name),
      ])
      .map(
        ([name, ...entries]) => `create secret generic ${name} --from-file=${entries.join(' --from-file=')}`,
      )
      .join('\n');
    const { snapshot, problems } = await loadConfig(CONFIG_FILE, {
      readFile: await mounted({ config, pod: FLEET.pod, proxy: FLEET.proxy, text }),
      env: {},
      now: NOW,
      offline: true,
    });
    t.strictSame(problems, []);
    t.equal(snapshot?.rules.rules.length, 2);
    const several = parse(config) as Several;
    const [velero, loki] = ['velero', 'loki'].map(
      (name) => parse(configsOf(guideOf(name))[0]?.[1] ?? '') as Several,
    );
    t.strictSame(several.upstream, velero?.upstream);
    t.match(several.upstreams?.hetzner, {
      endpoint: loki?.upstream.endpoint,
      provider: loki?.upstream.provider,
    });
    t.strictSame(several.keys, { ...velero?.keys, ...loki?.keys });
    t.strictSame(
      several.clients.map((client) => ({ ...client, allow: undefined })),
      [...(velero?.clients ?? []), ...(loki?.clients ?? [])].map((client) => ({
        ...client,
        allow: undefined,
      })),
    );
    t.strictSame(
      several.clients.map(({ allow }) => allow),
      several.rules.map(({ match }) => [{ bucket: match.bucket }]),
      'each client has its own bucket, and no other',
    );
  },
);

interface Several {
  readonly upstream: Readonly<Record<string, unknown>>;
  readonly upstreams?: Readonly<Record<string, unknown>>;
  readonly clients: readonly { readonly allow?: unknown }[];
  readonly keys: Readonly<Record<string, unknown>>;
  readonly rules: readonly { readonly match: { readonly bucket: string } }[];
}

t.test('host/config.yaml: check has nothing to say', async (t) => {
  const [, text] = configsOf(guideOf('host'))[0] ?? never();
  const file = '/etc/ssec-proxy/config.yaml';
  const { snapshot, problems } = await loadConfig(file, {
    readFile: stubReader({ [file]: text, '/etc/ssec-proxy/backups-2026': testKey('backups-2026') }),
    env: Object.fromEntries([...text.matchAll(/env: (\w+)/g)].map(([, name]) => [name, `test-${name}`])),
    now: NOW,
    offline: true,
  });
  t.strictSame(problems, []);
  t.ok(snapshot);
});

function guideOf(name: string): Guide {
  return GUIDES.find((guide) => guide.name === name) ?? never();
}

function never(): never {
  throw new Error('there is no such guide');
}
