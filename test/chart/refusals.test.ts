import t from 'tap';
import { CHART, MINIMAL, run, template } from './helm.ts';

const LISTENERS =
  'config.listen[0].address=0.0.0.0:8443,config.listen[0].tls.cert=/tls/tls.crt,config.listen[0].tls.key=/tls/tls.key';
const VOLUME = (name: string): string =>
  `volumes[0].name=${name},volumes[0].persistentVolumeClaim.claimName=${name}`;
const MOUNT = (name: string, path: string): string =>
  `volumeMounts[0].name=${name},volumeMounts[0].mountPath=${path}`;

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
  ['networkPolicy.egress.to[0].cidrs[0]=999.1.1.1/99', /'999\.1\.1\.1\/99' does not match pattern/],
  ['networkPolicy.egress.to[0].cidrs[0]=10.0.0.0/33', /'10\.0\.0\.0\/33' does not match pattern/],
  ['networkPolicy.egress.to[0].cidrs[0]=2001:db8::/129', /'2001:db8::\/129' does not match pattern/],
  ['injector.networkPolicy.apiServers[0]=10.0.0/8', /'10\.0\.0\/8' does not match pattern/],
  ['service.loadBalancerSourceRanges[0]=10.0.0.1', /'10\.0\.0\.1' does not match pattern/],
  ['verify.places.backups=backups', /at '\/verify\/places\/backups': 'backups' does not match pattern/],
  ['resources.limits.memory=512MB', /at '\/resources\/limits\/memory'/],
  ['secrets.Upper.secretName=a', /invalid propertyName 'Upper'/],
  ['externalSecrets.Bad_Name.secretStoreRef.name=main', /invalid propertyName 'Bad_Name'/],
  ['existingConfig.key=a b: c', /at '\/existingConfig\/key': 'a b: c' does not match pattern/],
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
  ['config.workers=auto', /config\.workers: auto is one for each core/],
  ['keys.secretName=', /config: names files in \/keys, where nothing is mounted; set keys\.secretName/],
  ['tls.secretName=', /files in \/tls, .*; set tls\.secretName or tls\.certManager\.enabled/],
  ['secrets.clients.secretName=', /files in \/secrets\/clients, .*; set secrets\.clients\.secretName/],
  ['tls.certManager.enabled=true', /tls\.certManager\.issuerRef: name the issuer/],
  ['monitoring.podMonitor.enabled=true', /networkPolicy\.admin: Prometheus can't reach the metrics/],
  ['monitoring.serviceMonitor.enabled=true', /networkPolicy\.admin: Prometheus can't reach the metrics/],
  ['verify.enabled=true', /verify\.places: say where to look/],
  // Labels and annotations of the chart.
  [
    'podLabels.app\\.kubernetes\\.io/component=foo',
    /podLabels: app\.kubernetes\.io\/component is written by/,
  ],
  ['podLabels.ssec-proxy\\.io/inject=a', /podLabels: ssec-proxy\.io\/inject is written by the chart/],
  ['podAnnotations.ssec-proxy\\.io/restart=a', /podAnnotations: ssec-proxy\.io\/restart is written by/],
  ['monitoring.labels.helm\\.sh/chart=a', /monitoring\.labels: helm\.sh\/chart is written by the chart/],
  ['monitoring.dashboard.labels.helm\\.sh/chart=a', /monitoring\.dashboard\.labels: helm\.sh\/chart is/],
  ['fullnameOverride=a.b', /fullnameOverride: a\.b can't be the name of a Service/],
  ['fullnameOverride=1a', /fullnameOverride: 1a can't be the name of a Service/],
  // What would be there twice.
  ['vault.audience=v,secrets.account.secretName=x', /secrets\.account: the token of vault\.audience is at/],
  ['config.admin.address=0.0.0.0:8443', /config\.admin\.address: the port 8443 is there twice/],
  [`${LISTENERS},config.listen[1].address=[::]:8443`, /config\.listen, .*: the port 8443 is there twice/],
  [`${LISTENERS},config.listen[1].address=0.0.0.0:443`, /service\.port: 443 is the port of another listener/],
  ['config.admin.address=0.0.0.0:70000', /70000 is not a port; write one from 1 to 65535/],
  ['existingConfig.configMap=a,existingConfig.adminPort=8443', /existingConfig\.adminPort: the port 8443 is/],
  [VOLUME('tls'), /volumes: tls is there twice, or is the name of a volume of the chart/],
  [`${VOLUME('a')},${MOUNT('a', '/keys/')}`, /volumeMounts: two volumes are mounted at \/keys/],
  [MOUNT('a', '/a'), /volumeMounts: names the volume a, which is not in volumes/],
  [
    `${VOLUME('a')},${MOUNT('a', '/reports')},verify.enabled=true,verify.places.a=s3://a`,
    /volumeMounts: two volumes are mounted at \/reports/,
  ],
  // Amounts.
  [
    'autoscaling.enabled=true,autoscaling.minReplicas=9',
    /autoscaling\.maxReplicas: 6 is less than minReplicas, 9/,
  ],
  [
    'autoscaling.enabled=true,resources.requests.cpu=null',
    /resources\.requests\.cpu: the autoscaler counts by it/,
  ],
  ['resources.requests.memory=2Gi', /resources\.requests\.memory: 2Gi is more than the limit, \d+Mi/],
  [
    'resources.requests.cpu=1.5,resources.limits.cpu=1200m',
    /requests\.cpu: 1\.5 is more than the limit, 1200m/,
  ],
  [
    'injector.enabled=true,injector.resources.limits.memory=64M',
    /injector\.resources\.requests\.memory: 128Mi is/,
  ],
  [
    'verify.enabled=true,verify.places.a=s3://a,verify.resources.limits.memory=1Mi',
    /verify\.resources\.requests/,
  ],
  // Files and variables that pods don't have.
  [
    'config.keys.k.file=backups-2026',
    /names \/etc\/ssec-proxy\/backups-2026, and config\.yaml is alone in that/,
  ],
  ['config.upstream.ca=ca.pem', /names \/etc\/ssec-proxy\/ca\.pem, .* write \/secrets\/NAME\/ca\.pem/],
  ['config.upstream.ca=/etc/ssec-proxy/../ssec-proxy/ca.pem', /names \/etc\/ssec-proxy\/ca\.pem, and/],
  [
    'config.keys.k.directory.path=/secrets/more,config.keys.k.directory.name=a',
    /set secrets\.more\.secretName/,
  ],
  ['config.keys.k.env=KEY', /config: reads the variable KEY, which nothing sets; set it in env/],
  ['config.audit.to=/var/log/audit.jsonl', /config\.audit\.to: \/var\/log\/audit\.jsonl can't be written/],
  [
    `${LISTENERS},config.listen[1].address=unix:/run/s3.sock`,
    /config\.listen: unix:\/run\/s3\.sock can't be made/,
  ],
  [`${LISTENERS},config.listen[1].address=systemd:s3`, /config\.listen: systemd:s3 can't be opened/],
  [
    `config.audit.to=/log/a,${VOLUME('log')},${MOUNT('log', '/log')},volumeMounts[0].readOnly=true`,
    /config\.audit\.to: \/log\/a can't be written/,
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

/** Right values that look like wrong ones. */
const TAKEN: readonly string[] = [
  `secrets.upstream.secretName=,${VOLUME('u')},${MOUNT('u', '/secrets/upstream/')}`,
  `secrets.upstream.secretName=,secrets.clients.secretName=,${VOLUME('u')},${MOUNT('u', '/secrets')}`,
  `keys.secretName=,${VOLUME('u')},${MOUNT('u', '/keys/backups-2026')},volumeMounts[0].subPath=a`,
  `config.audit.to=/log/audit.jsonl,${VOLUME('log')},${MOUNT('log', '/log')}`,
  `${LISTENERS},config.listen[1].address=unix:/run/s3/s3.sock,${VOLUME('run')},${MOUNT('run', '/run/s3')}`,
  'config.upstream.ca=/etc/ssl/certs/ca-certificates.crt',
  'config.upstream.ca=/tls/ca.crt',
  'config.keys.k.env=KEY,env[0].name=KEY,env[0].value=a',
  'config.keys.k.env=KEY,envFrom[0].secretRef.name=a',
  `${LISTENERS},config.listen[1].address=127.0.0.1:8080,config.listen[1].auth=none,config.listen[2].address=[::1]:8080,config.listen[2].auth=none`,
  'resources.limits.memory=64Mi',
  'resources.requests.memory=0.5Gi,resources.limits.memory=512Mi',
  'autoscaling.enabled=true,resources.requests.cpu=null,resources.limits.cpu=2',
  'podLabels.team=storage',
  'service.loadBalancerSourceRanges={0.0.0.0/0,10.1.2.0/24,::/0,2001:db8::/32,::ffff:10.0.0.0/104}',
];

for (const set of TAKEN)
  t.test(`takes ${set}`, (t) => {
    t.equal(template(['-f', MINIMAL, '--set', set]).stderr, '');
    t.end();
  });

t.test('what may be in the image, or be brought by a webhook, is warned of', (t) => {
  const notes = (set: string): string => {
    const args = ['install', 'ssec-proxy', CHART, '--dry-run=client', '-f', MINIMAL, '--set', set];
    return run('helm', args).stdout;
  };
  t.match(
    notes('config.upstream.ca=/certs/ca.pem'),
    /names \/certs\/ca\.pem, where the chart mounts nothing/,
  );
  t.notMatch(notes('config.upstream.ca=/etc/ssl/certs/ca.pem'), /mounts nothing/);
  t.notMatch(
    notes(`config.upstream.ca=/certs/ca.pem,${VOLUME('c')},${MOUNT('c', '/certs')}`),
    /mounts nothing/,
  );
  t.end();
});

t.test('the default request follows a limit that is lower', (t) => {
  const { stdout } = template(['-f', MINIMAL, '--set', 'resources.limits.memory=64Mi']);
  t.match(stdout, /requests:\n +cpu: 100m\n +memory: 64Mi\n/);
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
