import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { INJECT } from '../../src/cli/commands/inject.ts';
import { settingsOf } from '../../src/cli/inject.ts';
import { run as runLine } from '../../src/cli/run.ts';
import type { InjectorSettings } from '../../src/inject/run.ts';
import { MINIMAL, type Rendered, render, run, template } from './helm.ts';
import { podsOf } from './pods.ts';
import { restrictedFaults } from './restricted.ts';

const ALONE = ['--set', 'fleet.enabled=false,injector.enabled=true'];
const CASES: Readonly<Record<string, readonly string[]>> = {
  'by itself': ALONE,
  'beside a fleet': ['-f', MINIMAL, '--set', 'injector.enabled=true'],
  'with cert-manager': [...ALONE, '--set', 'injector.certManager.enabled=true'],
  'with an issuer': [
    ...ALONE,
    '--set',
    'injector.certManager.enabled=true,injector.certManager.issuerRef.name=internal',
  ],
  'with all else': [
    ...ALONE,
    '--set',
    'injector.profiles={*},injector.replicas=1,injector.image=other:1,injector.allowImages={a:1,b:2},injector.networkPolicy.apiServers={10.0.0.0/28},injector.namespaceSelector.matchLabels.a=b,injector.nodeSelector.a=b,injector.priorityClassName=system-cluster-critical',
  ],
};

interface Any {
  readonly [field: string]: Any & string;
}

const NAME = 'ssec-proxy-injector';
const find = (objects: readonly Rendered[], kind: string, name = NAME): Any =>
  objects.find((object) => object.kind === kind && object.metadata.name === name) as unknown as Any;

/** What the command makes of the arguments that the chart gives it. */
async function settings(objects: readonly Rendered[]): Promise<InjectorSettings | undefined> {
  const template = find(objects, 'Deployment').spec?.template;
  const args = (template?.spec?.containers as unknown as readonly Any[] | undefined)?.[0]?.args;
  let made: InjectorSettings | undefined;
  const action = async () => async (asked: Parameters<typeof settingsOf>[0]) => {
    made = settingsOf(asked, { KUBERNETES_SERVICE_HOST: '10.0.0.1' });
    return 0;
  };
  const io = { stdout: { write: () => {} }, stderr: { write: (text: string) => t.fail(text) } };
  await runLine(args as unknown as readonly string[], io, [{ ...INJECT, action }]);
  return made;
}

const folder = mkdtempSync(join(tmpdir(), 'ssec-proxy-injector-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

for (const [name, values] of Object.entries(CASES)) {
  const objects = render(values);
  const file = join(folder, name.replaceAll(' ', '-'));
  writeFileSync(file, objects.map(({ text }) => `---\n${text}\n`).join(''));

  t.test(
    `the injector ${name}: Kubernetes knows every field, and helm lint and kube-score are content`,
    (t) => {
      const versions = name === 'beside a fleet' ? ['1.30', '1.37'] : ['1.29', '1.37'];
      for (const version of versions) {
        const { status, stdout, stderr } = run('kubernetes-validate', ['-k', version, '--strict', file]);
        t.equal(status, 0, `${version}: ${stdout}${stderr}`);
        t.match(stdout + stderr, /^INFO /m);
      }
      const left = [
        'container-image-pull-policy',
        'container-ephemeral-storage-request-and-limit',
        'deployment-has-host-podantiaffinity',
      ];
      const ignored = left.flatMap((test) => ['--ignore-test', test]);
      const { stdout } = run('kube-score', [
        'score',
        '--ignore-container-cpu-limit',
        '--min-replicas-deployment',
        '1',
        ...ignored,
        '-o',
        'ci',
        file,
      ]);
      t.match(stdout, /^\[OK\]/m);
      t.notMatch(stdout, /^\[CRITICAL\]/m);
      const lint = run('helm', [
        'lint',
        '--strict',
        join(import.meta.dirname, '../../deploy/chart'),
        ...values,
      ]);
      t.equal(lint.status, 0, lint.stdout + lint.stderr);
      t.end();
    },
  );

  t.test(
    `the injector ${name}: the webhook touches the pods that ask, and never leaves one of them without`,
    (t) => {
      const { webhooks } = find(objects, 'MutatingWebhookConfiguration') as unknown as {
        webhooks: readonly Any[];
      };
      t.equal(webhooks.length, 1);
      t.match(webhooks[0], {
        failurePolicy: 'Fail',
        sideEffects: 'None',
        reinvocationPolicy: 'IfNeeded',
        admissionReviewVersions: ['v1'],
        rules: [{ apiGroups: [''], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' }],
        objectSelector: { matchExpressions: [{ key: 'ssec-proxy.io/inject', operator: 'Exists' }] },
        clientConfig: { service: { name: NAME, namespace: 'storage', path: '/inject', port: 443 } },
      });
      t.notOk('caBundle' in (webhooks[0]?.clientConfig ?? {}), 'an upgrade would take it away');
      t.end();
    },
  );

  t.test(
    `the injector ${name}: its pods are restricted, selected and spread, and no webhook waits for itself`,
    (t) => {
      const [pod] = podsOf(find(objects, 'Deployment') as unknown as Rendered);
      t.strictSame(pod && restrictedFaults(pod), []);
      t.notOk(Object.hasOwn(pod?.metadata.labels ?? {}, 'ssec-proxy.io/inject'));
      for (const selector of [
        find(objects, 'Service').spec?.selector,
        find(objects, 'PodDisruptionBudget').spec?.selector?.matchLabels,
        find(objects, 'NetworkPolicy').spec?.podSelector?.matchLabels,
        find(objects, 'Deployment').spec?.selector?.matchLabels,
      ]) {
        t.match(pod?.metadata.labels, selector ?? {});
        t.match(selector, { 'app.kubernetes.io/component': 'injector' });
      }
      const fleet = find(objects, 'Service', 'ssec-proxy')?.spec?.selector;
      if (fleet)
        t.match(fleet, { 'app.kubernetes.io/component': 'proxy' }, 'clients of S3 never reach the injector');
      t.end();
    },
  );

  t.test(`the injector ${name}: it may do what it does, and no more`, async (t) => {
    const { certificate } = (await settings(objects)) ?? {};
    const rules = ['ClusterRole', 'Role'].flatMap(
      (kind) => (find(objects, kind)?.rules ?? []) as unknown as readonly Any[],
    );
    const names = name === 'with all else' ? {} : { resourceNames: ['ssec-proxy-default'] };
    const reading = { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], ...names };
    if (certificate?.kind === 'mounted') {
      t.same(rules, [reading]);
      t.match(find(objects, 'MutatingWebhookConfiguration').metadata?.annotations, {
        'cert-manager.io/inject-ca-from': `storage/${NAME}`,
      });
      t.match(find(objects, 'Certificate').spec, {
        secretName: `${NAME}-tls`,
        dnsNames: [`${NAME}.storage.svc`],
      });
      return;
    }
    t.match(certificate, {
      kind: 'own',
      hosts: [`${NAME}.storage.svc`],
      secret: `${NAME}-tls`,
      configuration: NAME,
    });
    t.same(rules, [
      reading,
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['mutatingwebhookconfigurations'],
        resourceNames: [NAME],
        verbs: ['get', 'patch'],
      },
      { apiGroups: [''], resources: ['secrets'], resourceNames: [`${NAME}-tls`], verbs: ['get', 'patch'] },
    ]);
    t.ok(find(objects, 'Secret', `${NAME}-tls`), 'which is there from the start');
  });
}

t.test('the arguments are what the values say', async (t) => {
  t.match(await settings(render(ALONE)), { image: 'ssec-proxy:0.1.0', images: [], address: { port: 8443 } });
  t.match(await settings(render(CASES['with all else'] ?? [])), { image: 'other:1', images: ['a:1', 'b:2'] });
});

t.test('without it the chart has nothing of it', (t) => {
  t.notOk(render(['-f', MINIMAL]).some(({ metadata }) => metadata.name.includes('injector')));
  t.end();
});

t.test('values that can’t be right are refused', (t) => {
  for (const [set, said] of [
    ['injector.profiles={}', /injector\/profiles/],
    ['injector.profiles={A_b}', /'A_b' does not match pattern/],
    ['injector.replicas=0', /injector\/replicas/],
    ['injector.failurePolicy=Ignore', /additional properties 'failurePolicy' not allowed/],
    ['injector.networkPolicy.apiServers={api}', /injector\/networkPolicy\/apiServers/],
  ] as const) {
    const { status, stderr } = template([...ALONE, '--set', set]);
    t.not(status, 0, set);
    t.match(stderr, said, set);
  }
  t.end();
});
