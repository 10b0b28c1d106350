import t from 'tap';
import { admitted, apiWith, CONFIG, pod, profileMap, SETTINGS } from './fixture.ts';

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
    CONFIG.replace('127.0.0.1:8080', 'unix:/run/s3.sock'),
    /endpoint needs a listener on loopback without TLS/,
  ],
];

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
  const settings = 'resources: { requests: { cpu: "1", memory: 1Gi }, limits: { memory: 2Gi } }';
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
