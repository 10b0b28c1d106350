import t from 'tap';
import { MINIMAL, template } from './helm.ts';

/** What is set beside the minimal values, and what helm says of it. */
const REFUSED: readonly (readonly [set: string, said: RegExp])[] = [
  // By the schema.
  ['kynd=Deployment', /at '': additional properties 'kynd' not allowed/],
  ['kind=StatefulSet', /at '\/kind': value must be one of 'Deployment', 'DaemonSet'/],
  ['replicas=two', /at '\/replicas': got string, want integer/],
  ['image.digest=sha256:1', /at '\/image\/digest': 'sha256:1' does not match pattern/],
  ['service.port=70000', /at '\/service\/port'/],
  ['podDisruptionBudget.maxUnavailable=0', /at '\/podDisruptionBudget\/maxUnavailable'/],
  ['networkPolicy.egress.to[0].cidrs[0]=store.example.com', /'store.example.com' does not match pattern/],
  ['verify.places.backups=backups', /at '\/verify\/places\/backups': 'backups' does not match pattern/],
  ['resources.limits.memory=512MB', /at '\/resources\/limits\/memory'/],
  ['secrets.Upper.secretName=a', /invalid propertyName 'Upper'/],
  ['verify.schedule=nonsense', /at '\/verify\/schedule': 'nonsense' does not match pattern/],
  ['tls.certManager.duration=90 days', /at '\/tls\/certManager\/duration': '90 days' does not match pattern/],
  ['tls.certManager.renewBefore=30d', /at '\/tls\/certManager\/renewBefore': '30d' does not match pattern/],
  ['monitoring.podMonitor.interval=often', /at '\/monitoring\/podMonitor\/interval': 'often' does not match/],
  [
    'externalSecrets.a.refreshInterval=daily',
    /at '\/externalSecrets\/a\/refreshInterval': 'daily' does not match/,
  ],
  [
    'service.loadBalancerSourceRanges={10.0.0.1}',
    /at '\/service\/loadBalancerSourceRanges\/0': '10\.0\.0\.1' does/,
  ],
  // By the schema of the config.
  ['config.upstrem.region=a', /at '\/config': additional properties 'upstrem' not allowed/],
  ['config.upstream.provider=azure', /at '\/config\/upstream\/provider': value must be one of 'aws'/],
  ['config.limits.connections=0', /at '\/config\/limits\/connections': minimum: got 0, want 1/],
  ['config.rules[0].encrypt=true', /at '\/config\/rules\/0\/encrypt'/],
  ['config.drain=30', /at '\/config\/drain': got number, want string/],
  ['config.drain=half', /at '\/config\/drain': 'half' does not match pattern/],
  ['config.admin.address=off', /at '\/config\/admin\/address': 'off' does not match pattern/],
  // By the chart.
  ['config.listen[0].address=127.0.0.1:8080', /config\.listen: no listener can be reached/],
  ['config.listen[0].address=unix:/run/s3.sock', /config\.listen: no listener can be reached/],
  ['config.admin.address=127.0.0.1:8990', /config\.admin\.address: probes come from outside the pod/],
  [
    'config.listen[0].address=0.0.0.0:0',
    /config\.listen: the Service needs to know the port of 0\.0\.0\.0:0/,
  ],
  ['config.listen[0].address=0.0.0.0:70000', /config\.listen: .* port of 0\.0\.0\.0:70000; write 1 to 65535/],
  ['config.admin.address=0.0.0.0:0', /config\.admin\.address: probes need to know the port of 0\.0\.0\.0:0/],
  [
    'config.admin.token.file=/secrets/upstream/token',
    /config\.admin\.token: over plain HTTP anyone on the network path can read it; add config\.admin\.tls/,
  ],
  [
    'config.admin.debug=true',
    /config\.admin\.debug: profiles are not for everybody .*; add config\.admin\.token/,
  ],
  ['networkPolicy.enabled=false', /config\.admin: without the NetworkPolicy everybody .*; add .* open: true/],
  [
    'networkPolicy.enabled=false,config.admin.open=false',
    /config\.admin: without the NetworkPolicy everybody who reaches the pods/,
  ],
  [
    'networkPolicy.enabled=false,config.admin.tls.cert=/tls/tls.crt,config.admin.tls.key=/tls/tls.key',
    /config\.admin: without the NetworkPolicy everybody who reaches the pods/,
  ],
  ['config.workers=auto', /config\.workers: auto is one for each core/],
  ['keys.secretName=', /config: names files in \/keys, where nothing is mounted; set keys\.secretName/],
  ['tls.secretName=', /files in \/tls, .*; set tls\.secretName or tls\.certManager\.enabled/],
  ['secrets.clients.secretName=', /files in \/secrets\/clients, .*; set secrets\.clients\.secretName/],
  ['tls.certManager.enabled=true', /tls\.certManager\.issuerRef: name the issuer/],
  ['monitoring.podMonitor.enabled=true', /networkPolicy\.admin: Prometheus can't reach the metrics/],
  ['monitoring.serviceMonitor.enabled=true', /networkPolicy\.admin: Prometheus can't reach the metrics/],
  [
    'verify.enabled=true,verify.secrets.upstreem.secretName=ro',
    /verify\.secrets\.upstreem: stands in for secrets\.upstreem, which names no Secret/,
  ],
  [
    'verify.enabled=true,verify.secrets.clients.secretName=ro',
    /verify\.secrets\.clients: verify reads nothing in \/secrets\/clients/,
  ],
  [
    'monitoring.podMonitor.enabled=true,monitoring.serviceMonitor.enabled=true,networkPolicy.enabled=false,config.admin.open=true',
    /monitoring: podMonitor and serviceMonitor would both scrape every pod; enable one of them/,
  ],
  ['verify.enabled=true', /verify\.places: say where to look/],
  [
    'existingConfig.configMap=mine,terminationGracePeriodSeconds=5',
    /terminationGracePeriodSeconds: 5 s is over before preStopSeconds are, which take 5 s/,
  ],
  [
    'podSecurityContext.runAsUser=0',
    /podSecurityContext\.runAsUser: runAsNonRoot keeps a container of user 0 from/,
  ],
  [
    'securityContext.runAsUser=0',
    /securityContext\.runAsUser: runAsNonRoot keeps a container of user 0 from/,
  ],
  ['terminationGracePeriodSeconds=35', /35 s is over before .*, which take 35 s/],
  ['kind=DaemonSet,autoscaling.enabled=true', /autoscaling\.enabled: a DaemonSet has a pod on each node/],
];

for (const [set, said] of REFUSED)
  t.test(`refuses ${set}, and says why`, (t) => {
    const { status, stderr } = template(['-f', MINIMAL, '--set', set]);
    t.not(status, 0);
    t.match(stderr, said);
    t.end();
  });

t.test('refuses a secret that is written into the values, and does not repeat it', (t) => {
  for (const field of [
    'config.upstream.credentials.secretAccessKey',
    'config.clients[0].secretAccessKey',
    'config.clients[0].sessionToken',
    'config.admin.token',
  ]) {
    const { status, stderr } = template(['-f', MINIMAL, '--set', `${field}=not-a-real-secret`]);
    t.not(status, 0, field);
    t.match(stderr, /got string, want object/, field);
    t.notMatch(stderr, /not-a-real-secret/);
  }
  t.end();
});

t.test('refuses values without a store, and says what to write', (t) => {
  const { status, stderr } = template([]);
  t.not(status, 0);
  t.match(stderr, /config\.upstream: name the store, as \{ endpoint, .*; or name a ConfigMap of yours/);
  t.end();
});

t.test('tells all that is wrong at once', (t) => {
  const set = 'keys.secretName=,tls.secretName=,verify.enabled=true';
  const { stderr } = template(['-f', MINIMAL, '--set', set]);
  for (const path of ['/keys', '/tls', 'verify.places']) t.ok(stderr.includes(path), path);
  t.end();
});

t.test('refuses a Kubernetes that lacks what the fleet needs', (t) => {
  const { stderr, status } = template(['-f', MINIMAL, '--kube-version', '1.29.9']);
  t.not(status, 0);
  t.match(stderr, /needs Kubernetes 1\.30 or newer, .*; this is v1\.29\.9/);
  t.equal(template(['-f', MINIMAL, '--kube-version', '1.30.0']).status, 0);
  t.end();
});
