import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import t from 'tap';
import { caseNames, render, run, valuesOf } from './helm.ts';

/** The oldest that a fleet runs on, one in use, and the newest that the schemas have. */
const VERSIONS = ['1.30', '1.34', '1.37'];

/** Kinds of other projects; test/kubernetes holds them to their own definitions. */
const FOREIGN = /Certificate|ExternalSecret|PodMonitor|ServiceMonitor|PrometheusRule/;

/** What kube-score wants and the chart does not, each with its reason. */
const LEFT: Readonly<Record<string, string>> = {
  'container-image-pull-policy': 'an image is named by its version or digest, and does not change',
  'container-ephemeral-storage-request-and-limit':
    'the root is read-only; a limit would evict a pod for its log',
  'deployment-has-host-podantiaffinity': 'pods are spread by topologySpreadConstraints',
};

/** What a case does without, on purpose. */
const SWITCHED_OFF: Readonly<Record<string, string>> = {
  'everything-else': 'No matching PodDisruptionBudget',
  'open-network': 'NetworkPolicy',
};

const folder = mkdtempSync(join(tmpdir(), 'ssec-proxy-chart-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const files = caseNames().map((name) => {
  const file = join(folder, `${name}.yaml`);
  const objects = render(valuesOf(name));
  writeFileSync(file, objects.map(({ text }) => `---\n${text}\n`).join(''));
  return file;
});

for (const version of VERSIONS)
  t.test(`Kubernetes ${version} knows every field of every case`, (t) => {
    const { status, stdout, stderr } = run('kubernetes-validate', ['-k', version, '--strict', ...files]);
    t.equal(status, 0, stdout + stderr);
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line !== '');
    t.ok(lines.filter((line) => line.startsWith('INFO ')).length > files.length * 5, 'objects were judged');
    t.strictSame(
      lines.filter((line) => !line.startsWith('INFO ') && !FOREIGN.test(line)),
      [],
    );
    t.end();
  });

t.test('a field that Kubernetes does not know is found', (t) => {
  const file = join(folder, 'wrong');
  const [text = ''] = render(valuesOf('minimal')).flatMap(({ kind, text }) =>
    kind === 'Deployment' ? [text] : [],
  );
  writeFileSync(file, text.replace('  replicas:', '  replikas: 1\n  replicas:'));
  t.not(run('kubernetes-validate', ['-k', '1.34', '--strict', file]).status, 0);
  t.end();
});

t.test('kube-score has nothing critical against any case', (t) => {
  const ignored = Object.keys(LEFT).flatMap((test) => ['--ignore-test', test]);
  for (const file of files) {
    const score = ['score', '--ignore-container-cpu-limit', '--min-replicas-deployment', '1', ...ignored];
    const { status, stdout } = run('kube-score', [...score, '-o', 'ci', file]);
    const critical = stdout.split('\n').filter((line) => line.startsWith('[CRITICAL]'));
    const off = SWITCHED_OFF[basename(file, '.yaml')];
    const known = off === undefined ? critical : critical.filter((line) => !line.includes(off));
    t.equal(known.length < critical.length, off !== undefined, file);
    t.strictSame(known, [], file);
    t.ok(stdout.includes('[OK]'), `${file}: ${status}`);
  }
  t.end();
});
