import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import t from 'tap';
import { readConfig } from '../../src/config/read-config.ts';
import { namedIn } from '../../src/inject/profile/brought.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { admitted, apiWith, CONFIG, NOW, pod, profileMap, SECRETS, SETTINGS } from './fixture.ts';

/** Wrong lines of inject.yaml, and what is said of them. */
const SETTINGS_REFUSED: readonly (readonly [string, RegExp])[] = [
  ['', /inject\.yaml/],
  ['[]', /must be a section with secrets/],
  ['secret: []', /secret: unknown field \(inject\.yaml:1:1\); did you mean "secrets"\?/],
  ['secrets: [{ nam: a, path: /keys }]', /secrets\[0\]\.nam: unknown field .*did you mean "name"/],
  ['secrets: [{ name: A_b, path: /keys }]', /secrets\[0\]\.name: must be the name of a Secret/],
  ['secrets: [{ name: a, path: keys }]', /secrets\[0\]\.path: must be an absolute path/],
  ['secrets: [{ name: a, path: /keys/../etc }]', /must be an absolute path/],
  ['secrets: [{ name: a, path: / }]', /must be an absolute path/],
  ['secrets: [{ name: a, path: /usr/lib }]', /\/usr belongs to the image/],
  ['secrets: [{ name: a, path: /etc/ssec-proxy/keys }]', /overlaps with \/etc\/ssec-proxy/],
  [
    'secrets: [{ name: a, path: /var/run/secrets/kubernetes.io/serviceaccount }]',
    /secrets\[0\]\.path: overlaps with \/var\/run\/secrets\/kubernetes\.io\/serviceaccount/,
  ],
  ['secrets: [{ name: a, path: /run/secrets }]', /overlaps with \/var\/run\/secrets/],
  ['secrets: [{ name: a, path: /var }]', /overlaps with \/var\/run\/secrets/],
  [
    'secrets: [{ name: a, path: /run/a }, { name: b, path: /var/run/a }]',
    /secrets\[1\]\.path: overlaps with \/run\/a/,
  ],
  [
    'secrets: [{ name: a, path: /keys }, { name: b, path: /keys/b }]',
    /secrets\[1\]\.path: overlaps with \/keys/,
  ],
  ['endpoint: {}', /endpoint\.containers: must be all, or a list/],
  ['endpoint: { containers: [] }', /endpoint\.containers/],
  ['endpoint: { containers: all, variable: "A B" }', /must be the name of an environment variable/],
  ...[
    'PATH',
    'LD_PRELOAD',
    'http_proxy',
    'AWS_REGION',
    'AWS_ENDPOINT_URL_STS',
    'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  ].map(
    (name) =>
      [
        `endpoint: { containers: all, variable: ${name} }`,
        /endpoint\.variable: .*means something else/,
      ] as const,
  ),
  ['resources: { limits: { memory: 1 GB } }', /resources\.limits\.memory: must be a quantity/],
  [
    'resources: { requests: { memory: 1Gi }, limits: { memory: 512Mi } }',
    /resources\.requests\.memory: is more than the limit 512Mi/,
  ],
  [
    'resources: { requests: { cpu: "1" }, limits: { cpu: 900m } }',
    /requests\.cpu: is more than the limit 900m/,
  ],
  [
    'resources: { limits: { memory: 1Mi } }',
    /resources\.limits\.memory: is too little.*; write 96Mi at least/,
  ],
  ['resources: { limits: { gpu: "1" } }', /resources\.limits\.gpu: unknown field/],
  ['endpoint: { containers: [web', /inject\.yaml:1/],
];

for (const [text, message] of SETTINGS_REFUSED)
  t.test(`inject.yaml ${JSON.stringify(text)} is refused`, async (t) => {
    const { kind, message: said } = await admitted(pod(), { ask: apiWith(profileMap(text)) });
    t.equal(kind, 'refused');
    t.match(said, message);
    t.match(said, /^ConfigMap ssec-proxy-app of the namespace shop/);
  });

const CONFIG_REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'that the proxy would refuse',
    CONFIG.replace('encrypt: [app-2026]', 'encrypt: [app-2025]'),
    /rules\[0\]\.encrypt.*\(config\.yaml:\d+:\d+\)/,
  ],
  [
    'with an admin address that no probe reaches',
    CONFIG.replace('0.0.0.0:8990', '127.0.0.1:8990'),
    /admin\.address: the kubelet asks from outside the pod/,
  ],
  [
    'without an admin address',
    CONFIG.replace('{ address: "0.0.0.0:8990", open: true }', 'off'),
    /admin\.address/,
  ],
  [
    'without a listener for the endpoint',
    CONFIG.replace('127.0.0.1:8080', '127.0.0.1:8080\n    tls: { cert: /keys/tls.crt, key: /keys/tls.key }'),
    /endpoint needs a listener on loopback without TLS/,
  ],
  [
    'that listens where nothing can be made',
    CONFIG.replace(
      'auth: none',
      'auth: none\n  - { address: "unix:/run/s3.sock" }\n  - { address: "systemd:s3" }',
    ),
    /listen\[1\]\.address: the sidecar can listen at an address only .*listen\[2\]\.address/,
  ],
  [
    'with an audit log in a file',
    `${CONFIG}audit: { to: /var/log/audit.jsonl }`,
    /audit\.to: no folder of the sidecar can be written \(config\.yaml:\d+:\d+\); write stdout/,
  ],
];

/** The place of a key or a certificate in the config, and what is said of it when the profile does not bring it. */
const NOT_BROUGHT: readonly (readonly [config: string, message: RegExp])[] = [
  [
    withKey('file: /key/app-2026'),
    /keys\.app-2026\.file: nothing is mounted where \/key\/app-2026 is \(config\.yaml:\d+:\d+\); add \{ name: SECRET, path: \/key \} to secrets in inject\.yaml/,
  ],
  [withKey('file: app-2026'), /keys\.app-2026\.file: the ConfigMap has no entry app-2026/],
  [withKey('file: ../../app-2026'), /nothing is mounted where \/app-2026 is/],
  [withKey('file: /keys/a/b'), /\/keys\/a\/b can't be an entry of the Secret at \/keys/],
  [withKey('file: /keys'), /\/keys can't be an entry of the Secret/],
  [withKey('env: APP_KEY'), /keys\.app-2026\.env: the sidecar is given no environment variables/],
  [
    withKey('directory: { path: /secrets/other, name: a }'),
    /keys\.app-2026\.directory: nothing is mounted where \/secrets\/other\/a is/,
  ],
  [inUpstream('ca: ca.crt'), /upstream\.ca: the ConfigMap has no entry ca\.crt/],
  [inUpstream('ca: /etc/ssec-proxy/ca.crt'), /upstream\.ca: the ConfigMap has no entry ca\.crt/],
  [inUpstream('ca: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt'), /no files of the service account/],
  [
    CONFIG.replace(
      'accessKeyId: { file: /secrets/upstream/accessKeyId }',
      'accessKeyId: { env: ACCESS_KEY }',
    ),
    /upstream\.credentials\.accessKeyId\.env: the sidecar is given no environment variables/,
  ],
];

function withKey(source: string): string {
  return CONFIG.replace('file: /keys/app-2026', source);
}

function inUpstream(line: string): string {
  return CONFIG.replace('  region:', `  ${line}\n  region:`);
}

for (const [config, message] of NOT_BROUGHT)
  t.test(`a config that names what the profile does not bring is refused: ${message.source}`, async (t) => {
    const { kind, message: said } = await admitted(pod(), { ask: apiWith(profileMap(SETTINGS, config)) });
    t.equal(kind, 'refused');
    t.match(said, message);
    t.notMatch(said, /APP_KEY|ACCESS_KEY/);
  });

t.test('a config that names what the profile brings, or what the image may have, is fit', async (t) => {
  for (const config of [
    inUpstream('ca: ca.pem'),
    inUpstream('ca: /etc/ssec-proxy/..data/ca.pem'),
    inUpstream('ca: store.der'),
    inUpstream('ca: /etc/ssl/certs/ca-certificates.crt'),
    withKey('directory: { path: /keys, name: app-2026 }'),
    withKey('exec: { command: [/usr/local/bin/get, app] }'),
    `${CONFIG}audit: { to: stdout }`,
  ]) {
    const map = profileMap(SETTINGS, config);
    const more = { data: { ...(map.data as object), 'ca.pem': '' }, binaryData: { 'store.der': '' } };
    const { kind, message } = await admitted(pod(), { ask: apiWith({ ...map, ...more }) });
    t.equal(kind, 'injected', message);
  }
});

t.test('every file that a config can name is known', async (t) => {
  const folder = '/etc/ssec-proxy';
  const text = readFileSync(new URL('../../config/full.yaml', import.meta.url), 'utf8');
  const { files } = await loadConfig(`${folder}/config.yaml`, {
    readFile: async (path) => {
      if (path === `${folder}/config.yaml`)
        return { bytes: Buffer.from(text), mode: 0o400, truncated: false };
      throw Object.assign(new Error('none'), { code: 'ENOENT' });
    },
    env: {},
    now: NOW,
    offline: true,
  });
  const named = namedIn(readConfig(text, NOW).config).flatMap(({ env, file }) =>
    env === undefined ? [resolve(folder, file)] : [],
  );
  const read = [...files.keys()].filter((file) => file !== `${folder}/config.yaml`);
  t.ok(read.length > 10, 'there are some');
  t.same(
    read.filter((file) => !named.includes(file)),
    [],
  );
});

for (const [what, config, message] of CONFIG_REFUSED)
  t.test(`a config ${what} is refused`, async (t) => {
    const { kind, message: said } = await admitted(pod(), { ask: apiWith(profileMap(SETTINGS, config)) });
    t.equal(kind, 'refused');
    t.match(said, message);
  });

t.test('of many problems the first are told, and how many more there are', async (t) => {
  const text = Array.from({ length: 9 }, (_, index) => `field${index}: 1`).join('\n');
  const { message } = await admitted(pod(), { ask: apiWith(profileMap(text)) });
  t.equal(message.match(/unknown field/g)?.length, 5);
  t.match(message, /and 4 more$/);
});

t.test('a listener on loopback of IPv6 is an endpoint', async (t) => {
  const config = CONFIG.replace('127.0.0.1:8080', '"[::1]:8080"');
  const { pod: after } = await admitted(pod(), { ask: apiWith(profileMap(SETTINGS, config)) });
  t.equal(after.spec.containers[0]?.env?.[0]?.value, 'http://[::1]:8080');
});

t.test('the profile gives the resources', async (t) => {
  const settings = `${SECRETS}resources: { requests: { cpu: "1", memory: 1Gi }, limits: { memory: 2Gi } }`;
  const { pod: after } = await admitted(pod(), { ask: apiWith(profileMap(settings)) });
  t.same(after.spec.initContainers[0]?.resources, {
    requests: { cpu: '1', memory: '1Gi' },
    limits: { memory: '2Gi' },
  });
});

/** Resources of inject.yaml and what is changed in the config, and what the sidecar gets: above 512 MiB as the chart has it. */
const RESOURCES: readonly (readonly [settings: string, config: string, resources: object])[] = [
  ['', '', { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } }],
  ['requests: { memory: 1Gi }', '', { requests: { cpu: '50m', memory: '1Gi' }, limits: { memory: '1Gi' } }],
  [
    'limits: { memory: 100Mi, cpu: 20m }',
    '',
    { requests: { cpu: '20m', memory: '100Mi' }, limits: { memory: '100Mi', cpu: '20m' } },
  ],
  [
    '',
    'limits: { connections: 5000 }',
    { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '720Mi' } },
  ],
  [
    '',
    'audit: { to: stdout }\nmemory: { objects: 5000000 }\nlimits: { documents: 128MiB }',
    { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '1360Mi' } },
  ],
  [
    'limits: { cpu: "4" }',
    'workers: auto',
    { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '672Mi', cpu: '4' } },
  ],
  [
    'limits: { memory: 256Mi }',
    'workers: auto',
    { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  ],
];

for (const [settings, config, resources] of RESOURCES)
  t.test(`resources ${JSON.stringify(settings)} with ${JSON.stringify(config)}`, async (t) => {
    const map = profileMap(`${SETTINGS}resources: { ${settings} }\n`, `${CONFIG}${config}\n`);
    const { pod: after, message } = await admitted(pod(), { ask: apiWith(map) });
    t.equal(message, '');
    t.same(after.spec.initContainers[0]?.resources, resources);
  });

t.test('as many workers as the node has cores need a limit', async (t) => {
  const map = profileMap(SETTINGS, `${CONFIG}workers: auto\n`);
  const { message } = await admitted(pod(), { ask: apiWith(map) });
  t.match(message, /workers: auto is one for each core that the sidecar may use; write resources/);
});

t.test('texts that are too long are refused before they are read', async (t) => {
  const long = (text: string, size: number): string => `${text}#${' '.repeat(size)}`;
  for (const map of [profileMap(long(SETTINGS, 16 * 1024)), profileMap(SETTINGS, long(CONFIG, 64 * 1024))])
    t.match(await admitted(pod(), { ask: apiWith(map) }), {
      kind: 'refused',
      message: /has more than \d+ characters/,
    });
  t.equal((await admitted(pod(), { ask: apiWith(profileMap(long(SETTINGS, 15_000))) })).kind, 'injected');
});
