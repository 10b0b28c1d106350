import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { isRecord } from '../../src/json.ts';
import { CHART, template, valuesOf } from './helm.ts';

/** With all of the chart. */
const ALL = [
  ...valuesOf('verified'),
  ...valuesOf('monitored'),
  '--set',
  'injector.enabled=true,monitoring.serviceMonitor.enabled=true,autoscaling.enabled=true',
];
/** What null takes away on purpose: a request, and pieces of Kubernetes' own API. */
const TAKEN_AWAY: ReadonlySet<string> = new Set([
  'resources.requests.cpu',
  'podSecurityContext',
  'securityContext',
  'monitoring.dashboard.labels',
  'verify.resources.requests.cpu',
  'verify.resources.requests.memory',
  'verify.resources.limits.memory',
  'injector.resources.requests.cpu',
  'injector.resources.requests.memory',
  'injector.resources.limits.memory',
  // Set by the values here.
  'autoscaling.enabled',
  'injector.enabled',
  'keys.secretName',
  'tls.secretName',
  'secrets',
  'secrets.upstream',
  'secrets.upstream.secretName',
  'secrets.clients',
  'secrets.clients.secretName',
  'monitoring.labels',
  'monitoring.podMonitor.enabled',
  'monitoring.serviceMonitor.enabled',
  'monitoring.prometheusRule.enabled',
  'monitoring.prometheusRule.without',
  'monitoring.dashboard.enabled',
  'monitoring.dashboard.annotations',
  'networkPolicy.admin',
  'verify.enabled',
  'verify.places',
  'verify.args',
  'verify.upstreamSecretName',
  'verify.reports',
]);

function paths(values: unknown, schema: unknown, path: readonly string[] = []): readonly string[] {
  if (!isRecord(values) || !isRecord(schema) || !isRecord(schema.properties)) return [];
  const { properties, required } = schema;
  return Object.keys(values).flatMap((name) => [
    ...(Array.isArray(required) && required.includes(name) ? [] : [[...path, name].join('.')]),
    ...paths(values[name], properties[name], [...path, name]),
  ]);
}

t.test('a value that is null is as by default, or refused by name', (t) => {
  const usual = template(ALL).stdout;
  const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'));
  const optional = paths(values, JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')));
  t.ok(optional.length > 40, `${optional.length}`);
  for (const path of optional) {
    const { status, stdout, stderr } = template([...ALL, '--set-json', `${path}=null`]);
    if (status !== 0)
      t.match(stderr, /the values can't be used:\n|values don't meet the specifications/, path);
    else if (!TAKEN_AWAY.has(path)) t.equal(stdout, usual, path);
  }
  t.end();
});

t.test('a value that can’t be missed is asked for', (t) => {
  for (const [path, said] of [
    ['injector.profiles', /at '\/injector': missing property 'profiles'/],
    ['injector.networkPolicy', /at '\/injector': missing property 'networkPolicy'/],
    ['networkPolicy', /at '': missing property 'networkPolicy'/],
    ['networkPolicy.enabled', /at '\/networkPolicy': missing property 'enabled'/],
    ['networkPolicy.egress.dns', /at '\/networkPolicy\/egress': missing property 'dns'/],
    ['config.admin', /at '\/config': missing property 'admin'/],
    ['config.admin.address', /at '\/config\/admin': missing property 'address'/],
    ['podDisruptionBudget.maxUnavailable', /missing property 'maxUnavailable'/],
  ] as const) {
    const { status, stderr } = template([...ALL, '--set-json', `${path}=null`]);
    t.not(status, 0, path);
    t.match(stderr, said, path);
  }
  t.match(
    template([...ALL, '--set-json', 'config.admin=false']).stderr,
    /at '\/config\/admin': got boolean, want object/,
  );
  t.end();
});
