import t from 'tap';
import { ApiUnreachable } from '../../src/inject/api/cluster-api.ts';
import { type Admitted, admitted, apiWith, CONFIG, IMAGE, pod, profileMap, SECRETS } from './fixture.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const ENDPOINT = { name: 'AWS_ENDPOINT_URL', value: 'http://127.0.0.1:8080' };

t.test('a pod that asks gets the proxy first, its mounts, the endpoint and a mark', async (t) => {
  const before = pod({
    initContainers: [{ name: 'migrate', image: 'web:1', env: [{ name: 'A', value: 'b' }] }],
    volumes: [{ name: 'data', emptyDir: {} }],
  });
  const { kind, pod: after, warnings } = await admitted(before);
  t.equal(kind, 'injected');
  t.same(warnings, []);
  const [sidecar, migrate] = after.spec.initContainers;
  t.match(sidecar, {
    name: 'ssec-proxy',
    restartPolicy: 'Always',
    image: IMAGE,
    args: ['serve', '/etc/ssec-proxy/config.yaml'],
    startupProbe: { httpGet: { path: '/readyz', port: 8990, scheme: 'HTTP' } },
    livenessProbe: { httpGet: { path: '/healthz' } },
  });
  t.same(sidecar?.volumeMounts, [
    { name: 'ssec-proxy-config', mountPath: '/etc/ssec-proxy', readOnly: true },
    { name: 'ssec-proxy-secret-0', mountPath: '/keys', readOnly: true },
    { name: 'ssec-proxy-secret-1', mountPath: '/secrets/upstream', readOnly: true },
    { name: 'ssec-proxy-empty', mountPath: ACCOUNT, readOnly: true },
  ]);
  t.same(migrate?.env, [ENDPOINT, { name: 'A', value: 'b' }]);
  t.same(after.spec.containers[0]?.env, [ENDPOINT]);
  t.same(after.spec.volumes, [
    { name: 'data', emptyDir: {} },
    { name: 'ssec-proxy-config', configMap: { name: 'ssec-proxy-app' } },
    { name: 'ssec-proxy-secret-0', secret: { secretName: 'app-ssec-keys', defaultMode: 0o440 } },
    { name: 'ssec-proxy-secret-1', secret: { secretName: 'app-upstream', defaultMode: 0o440 } },
    { name: 'ssec-proxy-empty', emptyDir: {} },
  ]);
  t.same(after.metadata.annotations, { 'ssec-proxy.io/injected': 'app' });
  t.equal(sidecar?.env, undefined, 'the proxy itself is told no endpoint');
});

const LOGIN =
  'vaults: { main: { address: "https://vault.example.com", auth: { kubernetes: { role: a } } } }\n';
const IN_VAULT_KEY = 'app-2026: { vault: { server: main, mount: secret, path: app, field: ssec } }';
const IN_VAULT = `${CONFIG.replace('app-2026: { file: /keys/app-2026 }', IN_VAULT_KEY)}${LOGIN}`;

t.test('the sidecar has the token of the pod’s account only if it logs in at a vault with it', async (t) => {
  for (const [config, paths] of [
    [CONFIG, [ACCOUNT]],
    [IN_VAULT, []],
    [IN_VAULT.replace('role: a', `role: a, jwt: ${ACCOUNT.replace('/var', '')}/token`), []],
    [IN_VAULT.replace('role: a', 'role: a, jwt: /secrets/account/token'), [ACCOUNT]],
  ] as const) {
    const settings = `${SECRETS}  - { name: app-account, path: /secrets/account }`;
    const { pod: after, message } = await admitted(pod(), { ask: apiWith(profileMap(settings, config)) });
    t.equal(message, '');
    const mounts = after.spec.initContainers[0]?.volumeMounts ?? [];
    t.same(
      mounts.filter(({ mountPath }) => mountPath === ACCOUNT).map(({ mountPath }) => mountPath),
      paths,
    );
  }
});

t.test('a pod without the token that its proxy would log in with is refused', async (t) => {
  const without = pod({ automountServiceAccountToken: false });
  const ask = apiWith(profileMap(SECRETS, IN_VAULT));
  t.match(await admitted(without, { ask }), {
    kind: 'refused',
    message: /automountServiceAccountToken: false/,
  });
  t.equal((await admitted(pod({ automountServiceAccountToken: true }), { ask })).kind, 'injected');
  t.equal((await admitted(without)).kind, 'injected', 'one that needs none');
});

t.test('all else of the pod is as it was', async (t) => {
  const before = pod(
    { nodeName: 'n', volumes: [{ name: 'data', emptyDir: {} }], initContainers: [] },
    { annotations: { 'a/b': 'c' } },
  );
  const { pod: after } = await admitted(before);
  t.same(
    { ...after.spec, initContainers: [], containers: [], volumes: [] },
    {
      ...(before.spec as object),
      containers: [],
      volumes: [],
    },
  );
  t.same(after.metadata.annotations, { 'a/b': 'c', 'ssec-proxy.io/injected': 'app' });
});

t.test(
  'the sidecar fits the restricted pod security standard, and reads its Secrets with and without fsGroup',
  async (t) => {
    for (const [securityContext, group] of [
      [{}, 0],
      [{ fsGroup: 5000 }, 10001],
    ] as const) {
      const { pod: after } = await admitted(pod({ securityContext }));
      t.same(after.spec.initContainers[0]?.securityContext, {
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: group,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      });
      t.same(after.spec.securityContext, securityContext, 'what others own stays theirs');
    }
  },
);

t.test('a pod that has its proxy is left alone, also with what others have added', async (t) => {
  const { pod: once } = await admitted(pod());
  t.equal((await admitted(once)).kind, 'left');
  const [sidecar] = once.spec.initContainers;
  const changed = {
    ...once,
    spec: {
      ...once.spec,
      initContainers: [
        {
          ...sidecar,
          imagePullPolicy: 'IfNotPresent',
          resources: { requests: { cpu: '1' } },
          volumeMounts: [
            ...(sidecar?.volumeMounts ?? []),
            { name: 'kube-api-access', mountPath: '/var/run' },
          ],
        },
        { name: 'mesh', image: 'mesh:1', env: [ENDPOINT] },
      ],
      volumes: [...once.spec.volumes, { name: 'kube-api-access', projected: {} }],
    },
  };
  t.equal((await admitted(changed)).kind, 'left');
});

t.test('a proxy that another webhook has put behind its own containers comes first again', async (t) => {
  const { pod: once } = await admitted(pod({ initContainers: [{ name: 'migrate' }] }));
  const [sidecar, migrate] = once.spec.initContainers;
  const touched = { ...sidecar, imagePullPolicy: 'Always' };
  const later = {
    ...once,
    spec: { ...once.spec, initContainers: [{ name: 'mesh' }, { name: 'scan' }, touched, migrate] },
  };
  const { kind, pod: after } = await admitted(later);
  t.equal(kind, 'injected');
  t.same(after.spec.initContainers, [
    touched,
    { name: 'mesh', env: [ENDPOINT] },
    { name: 'scan', env: [ENDPOINT] },
    migrate,
  ]);
  t.equal((await admitted(after)).kind, 'left');
});

t.test('a container that another webhook adds later is told the endpoint too', async (t) => {
  const { pod: once } = await admitted(pod());
  const later = { ...once, spec: { ...once.spec, containers: [...once.spec.containers, { name: 'late' }] } };
  const { kind, pod: after } = await admitted(later);
  t.equal(kind, 'injected');
  t.same(after.spec.containers[1], { name: 'late', env: [ENDPOINT] });
  t.equal(after.spec.initContainers.length, 1);
});

t.test('a copy of a pod gets the sidecar of today in place of the one it was made with', async (t) => {
  const { pod: old } = await admitted(pod({ initContainers: [{ name: 'migrate' }] }), { image: 'old:1' });
  const { kind, pod: after } = await admitted(old);
  t.equal(kind, 'injected');
  t.same(
    after.spec.initContainers.map(({ name, image }) => [name, image]),
    [
      ['ssec-proxy', IMAGE],
      ['migrate', undefined],
    ],
  );
  t.equal(after.spec.volumes.length, 4);
  t.equal((await admitted(after)).kind, 'left');
});

t.test('the mark alone proves nothing', async (t) => {
  const marked = { annotations: { 'ssec-proxy.io/injected': 'app' } };
  const { kind, pod: after } = await admitted(pod({}, marked));
  t.equal(kind, 'injected');
  t.equal(after.spec.initContainers[0]?.image, IMAGE);
  const { pod: fake } = await admitted(pod());
  const other = {
    ...fake,
    spec: { ...fake.spec, initContainers: [{ ...fake.spec.initContainers[0], command: ['/bin/true'] }] },
  };
  const cured = await admitted(other);
  t.notOk('command' in (cured.pod.spec.initContainers[0] ?? {}));
});

t.test('a pod that does not ask is left alone, whatever it is', async (t) => {
  for (const object of [pod({ hostNetwork: true }, { labels: { app: 'x' } }), pod({}, { labels: null })])
    t.equal((await admitted(object, { version: undefined })).kind, 'left');
});

t.test('the profile says which containers are told the endpoint, and how', async (t) => {
  const settings = `${SECRETS}endpoint: { containers: [worker], variable: S3_ENDPOINT }`;
  const two = { containers: [{ name: 'web' }, { name: 'worker' }] };
  const { pod: after } = await admitted(pod(two), { ask: apiWith(profileMap(settings)) });
  t.same(after.spec.containers, [
    { name: 'web' },
    { name: 'worker', env: [{ name: 'S3_ENDPOINT', value: 'http://127.0.0.1:8080' }] },
  ]);
  const none = await admitted(pod(two), { ask: apiWith(profileMap(SECRETS)) });
  t.same(none.pod.spec.containers, two.containers);
});

t.test('who names containers that the pod has not is warned', async (t) => {
  const ask = apiWith(profileMap(`${SECRETS}endpoint: { containers: [web, worker, sync, late] }`));
  const { kind, warnings } = await admitted(pod({ containers: [{ name: 'web' }, { name: 'worker2' }] }), {
    ask,
  });
  t.equal(kind, 'injected');
  t.match(warnings, [/profile app names worker, sync and 1 more, which the pod has not/]);
  t.ok(warnings.every((warning) => warning.length <= 256));
  const all = pod({ containers: ['web', 'worker', 'sync', 'late'].map((name) => ({ name })) });
  t.same((await admitted(all, { ask })).warnings, []);
});

/** A container of that environment, with the endpoint in that variable. */
async function withEnv(
  variable: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Admitted> {
  const list = Object.entries(env).map(([name, value]) =>
    value === undefined ? { name, valueFrom: {} } : { name, value },
  );
  const ask = apiWith(profileMap(`${SECRETS}endpoint: { containers: all, variable: ${variable} }`));
  return await admitted(pod({ containers: [{ name: 'web', env: list }] }), { ask });
}

const OWN = 'http://127.0.0.1:8080';
const ELSEWHERE = 'https://s3.example.com';

/** The variable of the profile, what the container has, and the name that is complained of. */
const ENVIRONMENTS: readonly (readonly [
  variable: string,
  env: Readonly<Record<string, string | undefined>>,
  refused?: string,
])[] = [
  ['S3_ENDPOINT', { AWS_ENDPOINT_URL: ELSEWHERE }, 'AWS_ENDPOINT_URL'],
  ['S3_ENDPOINT', { AWS_ENDPOINT_URL_S3: ELSEWHERE }, 'AWS_ENDPOINT_URL_S3'],
  ['S3_ENDPOINT', { AWS_ENDPOINT_URL: OWN, AWS_ENDPOINT_URL_SQS: ELSEWHERE }],
  ['AWS_ENDPOINT_URL_S3', { AWS_ENDPOINT_URL: ELSEWHERE }],
  ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: `${OWN}/` }],
  ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: `${OWN}//` }, 'AWS_ENDPOINT_URL'],
  ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: OWN, AWS_ENDPOINT_URL_S3: `${OWN}/` }],
  ['AWS_ENDPOINT_URL', { HTTP_PROXY: 'http://proxy:3128' }, 'HTTP_PROXY'],
  ['AWS_ENDPOINT_URL', { http_proxy: 'http://proxy:3128', no_proxy: '.svc,localhost' }, 'http_proxy'],
  ['S3_ENDPOINT', { all_proxy: undefined }, 'all_proxy'],
  ['AWS_ENDPOINT_URL', { HTTP_PROXY: 'http://proxy:3128', NO_PROXY: undefined }, 'HTTP_PROXY'],
  [
    'AWS_ENDPOINT_URL',
    { HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '127.0.0.1', no_proxy: '10.0.0.0/8' },
    'HTTP_PROXY',
  ],
  ['AWS_ENDPOINT_URL', { HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '.svc, 127.0.0.1' }],
  ['AWS_ENDPOINT_URL', { HTTP_PROXY: 'http://proxy:3128', no_proxy: '127.0.0.1:8080,.svc' }],
  ['AWS_ENDPOINT_URL', { ALL_PROXY: 'http://proxy:3128', NO_PROXY: '*' }],
  ['AWS_ENDPOINT_URL', { HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: '' }],
];

for (const [variable, env, refused] of ENVIRONMENTS)
  t.test(`with the endpoint in ${variable}: ${JSON.stringify(env)}`, async (t) => {
    const { kind, message } = await withEnv(variable, env);
    t.equal(kind, refused === undefined ? 'injected' : 'refused', message);
    t.match(message, refused === undefined ? /^$/ : new RegExp(`web has ${refused} set`));
    t.notMatch(message, /3128|example/, 'values of the pod are nobody else’s');
  });

t.test('an image of the profile counts where the injector allows it', async (t) => {
  const ask = apiWith(profileMap(`${SECRETS}image: other:2`));
  t.match(await admitted(pod(), { ask }), {
    kind: 'refused',
    code: 403,
    message: /does not allow the image other:2/,
  });
  const { pod: after } = await admitted(pod(), { ask, images: ['other:2'] });
  t.equal(after.spec.initContainers[0]?.image, 'other:2');
});

t.test('a profile may name the image that it gets anyway', async (t) => {
  const {
    kind,
    message,
    pod: after,
  } = await admitted(pod(), { ask: apiWith(profileMap(`${SECRETS}image: ${IMAGE}`)) });
  t.equal(kind, 'injected', message);
  t.equal(after.spec.initContainers[0]?.image, IMAGE);
});

t.test('probes are asked as the admin address of the config is', async (t) => {
  const config = CONFIG.replace(
    'admin: { address: "0.0.0.0:8990", open: true }',
    'admin: { address: "[::]:9000", open: true, tls: { cert: /tls/tls.crt, key: /tls/tls.key } }',
  );
  const settings = `${SECRETS}  - { name: app-tls, path: /tls }`;
  const { pod: after } = await admitted(pod(), { ask: apiWith(profileMap(settings, config)) });
  t.match(after.spec.initContainers[0]?.readinessProbe, { httpGet: { port: 9000, scheme: 'HTTPS' } });
});

t.test('who gives the pod too little time to end is warned', async (t) => {
  const { warnings } = await admitted(pod({ terminationGracePeriodSeconds: 20 }));
  t.match(warnings, [/terminationGracePeriodSeconds is 20, and the proxy drains for 20s/]);
});

function nodesWith(...lists: readonly (readonly string[])[]): object {
  const nodeSelectorTerms = lists.map((values) => ({
    matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values }],
  }));
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}

t.test('a pod that may run on Linux is fit, whatever else it may run on', async (t) => {
  for (const spec of [
    { nodeSelector: { 'kubernetes.io/os': 'linux', disk: 'windows' } },
    { affinity: nodesWith(['windows'], ['linux']) },
    { affinity: nodesWith(['windows', 'linux']) },
    { affinity: { podAffinity: {} }, hostPID: false },
  ])
    t.equal((await admitted(pod(spec))).kind, 'injected');
});

t.test('what check would warn of is told to the one who makes the pod', async (t) => {
  const config = CONFIG.replace(', open: true', '');
  const { kind, warnings } = await admitted(pod(), { ask: apiWith(profileMap(SECRETS, config)) });
  t.equal(kind, 'injected');
  t.match(warnings, [/^ssec-proxy-app: admin\.address: .*\(config\.yaml:\d+:\d+\)/]);
});

const REFUSED: readonly (readonly [string, Parameters<typeof pod>, RegExp])[] = [
  ['of the network of its node', [{ hostNetwork: true }], /hostNetwork/],
  ['that shares its processes', [{ shareProcessNamespace: true }], /shareProcessNamespace/],
  ['that sees the processes of its node', [{ hostPID: true }], /hostPID/],
  ['for Windows', [{ os: { name: 'windows' } }], /Windows/],
  ['for nodes with Windows', [{ nodeSelector: { 'kubernetes.io/os': 'windows' } }], /Windows/],
  ['for nodes with Windows by affinity', [{ affinity: nodesWith(['windows']) }], /Windows/],
  [
    'with a container of that name',
    [{ containers: [{ name: 'ssec-proxy' }] }],
    /a container ssec-proxy that the injector did not make/,
  ],
  ['with an init container of that name', [{ initContainers: [{ name: 'ssec-proxy' }] }], /did not make/],
  [
    'with the sidecar of another profile',
    [{ initContainers: [{ name: 'ssec-proxy' }] }, { annotations: { 'ssec-proxy.io/injected': 'other' } }],
    /did not make/,
  ],
  [
    'with a volume of that name',
    [{ volumes: [{ name: 'ssec-proxy-config' }] }],
    /a volume ssec-proxy-config/,
  ],
  [
    'that has the port of the listener',
    [{ containers: [{ name: 'web', ports: [{ containerPort: 8080 }] }] }],
    /web has the port 8080/,
  ],
  [
    'that has the admin port',
    [{ containers: [{ name: 'web', ports: [{ containerPort: 8990, protocol: 'TCP' }] }] }],
    /the port 8990/,
  ],
  [
    'with another endpoint',
    [{ containers: [{ name: 'web', env: [{ name: 'AWS_ENDPOINT_URL', value: 'https://s3.example.com' }] }] }],
    /web has AWS_ENDPOINT_URL set/,
  ],
  [
    'with an endpoint from elsewhere',
    [{ containers: [{ name: 'web', env: [{ name: 'AWS_ENDPOINT_URL', valueFrom: {} }] }] }],
    /AWS_ENDPOINT_URL set/,
  ],
  [
    'with an endpoint for S3 alone',
    [
      {
        containers: [
          { name: 'web', env: [{ name: 'AWS_ENDPOINT_URL_S3', value: 'https://s3.example.com' }] },
        ],
      },
    ],
    /AWS_ENDPOINT_URL_S3 set/,
  ],
  [
    'that ignores endpoints',
    [
      {
        containers: [{ name: 'web', env: [{ name: 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', value: 'true' }] }],
      },
    ],
    /AWS_IGNORE_CONFIGURED_ENDPOINT_URLS set/,
  ],
  [
    'without a name of a profile',
    [{}, { labels: { 'ssec-proxy.io/inject': '' } }],
    /"" can't be the name of a profile/,
  ],
  [
    'with a name that no ConfigMap has',
    [{}, { labels: { 'ssec-proxy.io/inject': '../app' } }],
    /can't be the name/,
  ],
  [
    'with a profile that is not there',
    [{}, { labels: { 'ssec-proxy.io/inject': 'none' } }],
    /there is no ConfigMap ssec-proxy-none of the namespace shop; make it, or remove the label/,
  ],
];

for (const [what, parts, message] of REFUSED)
  t.test(`a pod ${what} is refused, and told why`, async (t) => {
    const { kind, message: said } = await admitted(pod(...parts));
    t.equal(kind, 'refused');
    t.match(said, message);
    t.notMatch(said, /s3\.example\.com/, 'values of the pod are nobody else’s');
  });

t.test('a pod with a port of another protocol, or with the same endpoint, is fit', async (t) => {
  const fit = pod({
    containers: [{ name: 'web', ports: [{ containerPort: 8080, protocol: 'UDP' }], env: [ENDPOINT] }],
  });
  const { kind, pod: after } = await admitted(fit);
  t.equal(kind, 'injected');
  t.same(after.spec.containers[0]?.env, [ENDPOINT]);
});

t.test(
  'Kubernetes that has no sidecars, or that does not say what it is, gets no pod without its proxy',
  async (t) => {
    t.match(await admitted(pod(), { version: { major: 1, minor: 28 } }), {
      kind: 'refused',
      message: /this is Kubernetes 1\.28, and a sidecar needs 1\.29/,
    });
    t.equal((await admitted(pod(), { version: { major: 1, minor: 29 } })).kind, 'injected');
    t.equal((await admitted(pod(), { version: { major: 2, minor: 0 } })).kind, 'injected');
    t.match(await admitted(pod(), { version: undefined }), { kind: 'refused', code: 503 });
  },
);

t.test('an API that does not answer, or not well, is a refusal that says so', async (t) => {
  const unreachable = async () => {
    throw new ApiUnreachable('ECONNREFUSED');
  };
  t.match(await admitted(pod(), { ask: unreachable }), {
    kind: 'refused',
    code: 503,
    message: /ECONNREFUSED/,
  });
  const answering = (status: number) => async () => ({ status, body: {} });
  t.match(await admitted(pod(), { ask: answering(403) }), {
    kind: 'refused',
    code: 403,
    message: /may not read the ConfigMap ssec-proxy-app .*add app to injector\.profiles/,
  });
  t.match(await admitted(pod(), { ask: answering(500) }), {
    kind: 'refused',
    code: 503,
    message: /answers 500/,
  });
  t.match(await admitted(pod(), { ask: answering(200) }), {
    kind: 'refused',
    message: /has no inject\.yaml/,
  });
});
