import t from 'tap';
import type { RESTART } from '../../src/snapshot/restart.ts';
import { MINIMAL, render } from './helm.ts';
import { servingPod } from './pods.ts';

const digestOf = (...sets: readonly string[]): string | undefined =>
  servingPod(render(['-f', MINIMAL, ...sets.flatMap((set) => ['--set', set])])).metadata.annotations?.[
    'ssec-proxy.io/restart'
  ];

const LISTENER = 'config.listen[0].tls.cert=/tls/tls.crt,config.listen[0].tls.key=/tls/tls.key';
const FIRST = `config.listen[0].address=0.0.0.0:8443,${LISTENER}`;
const ADMIN = 'config.admin.tls.cert=/tls/tls.crt,config.admin.tls.key=/tls/tls.key';
const RUN =
  'volumes[0].name=run,volumes[0].emptyDir.medium=Memory,volumeMounts[0].name=run,volumeMounts[0].mountPath=/run/s3';
/** Of each option that waits for a restart a change, as sets before and after. */
const CHANGES: Readonly<Record<keyof typeof RESTART, readonly [before: string, after: string]>> = {
  listen: ['replicas=2', `${FIRST},config.listen[1].address=0.0.0.0:9443,config.listen[1].insecure=true`],
  'listen[].address': ['replicas=2', `config.listen[0].address=0.0.0.0:9443,${LISTENER}`],
  'listen[].mode': [
    `${FIRST},${RUN},config.listen[1].address=unix:/run/s3/a.sock`,
    `${FIRST},${RUN},config.listen[1].address=unix:/run/s3/a.sock,config.listen[1].mode=0600`,
  ],
  'listen[].tls': ['replicas=2', `${FIRST},config.listen[0].tls.clientCa=/tls/ca.crt`],
  'admin.address': ['replicas=2', 'config.admin.address=0.0.0.0:9990'],
  'metrics.labels': ['replicas=2', 'config.metrics.labels[0]=client'],
  'admin.tls': ['replicas=2', ADMIN],
  'admin.tls.clientCa': [ADMIN, `${ADMIN},config.admin.tls.clientCa=/tls/ca.crt`],
  workers: ['replicas=2', 'config.workers=2'],
  'audit.to': ['config.audit.to=stdout', `config.audit.to=/run/s3/audit,${RUN}`],
  'audit.onFailure': ['config.audit.to=stdout', 'config.audit.to=stdout,config.audit.onFailure=serve'],
  'audit.buffer': ['config.audit.to=stdout', 'config.audit.to=stdout,config.audit.buffer=2MiB'],
};

for (const [option, [before, after]] of Object.entries(CHANGES))
  t.test(`a change of ${option} brings new pods`, (t) => {
    t.not(digestOf(before), digestOf(after));
    t.end();
  });

t.test('a change of what pods take by themselves brings none', (t) => {
  const before = digestOf();
  for (const change of [
    'config.upstream.region=eu-west-1',
    'config.rules[0].match.bucket=others',
    'config.limits.requestsPerClient=100',
    'config.log.level=warn',
    `config.listen[0].address=0.0.0.0:8443,config.listen[0].tls.cert=/tls/other.crt,config.listen[0].tls.key=/tls/other.key`,
  ])
    t.equal(digestOf(change), before, change);
  t.end();
});
