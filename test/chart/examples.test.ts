import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { GUIDES } from '../deploy/guides.ts';
import { entriesOfSecret } from '../deploy/mounted.ts';
import { render, run } from './helm.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'deploy/examples');

/** The oldest that native sidecars run on, one in use, and the newest that the schemas have. */
const VERSIONS = ['1.30', '1.34', '1.37'];

/** Kinds of other projects: test/deploy/custom-kinds.ts, and npm run test:guides. */
const FOREIGN = /\b(?:BackupStorageLocation|ObjectStore|Cluster|ScheduledBackup|BackupTarget)\b/i;

const manifests = [
  ...globSync('*/manifest.yaml', { cwd: EXAMPLES }),
  ...globSync('*.yaml', { cwd: EXAMPLES }).filter((name) => name !== 'chart-values.yaml'),
].map((path) => join(EXAMPLES, path));

for (const version of VERSIONS)
  t.test(`Kubernetes ${version} knows every field of every example`, (t) => {
    const { stdout, stderr } = run('kubernetes-validate', ['-k', version, '--strict', ...manifests]);
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line !== '');
    t.ok(lines.filter((line) => line.startsWith('INFO ')).length > manifests.length, 'objects were judged');
    t.strictSame(
      lines.filter((line) => !line.startsWith('INFO ') && !FOREIGN.test(line)),
      [],
    );
    t.end();
  });

t.test('chart-values.yaml: the chart serves the ConfigMap and the Secrets of every guide', (t) => {
  const objects = render(['-f', join(EXAMPLES, 'chart-values.yaml')]);
  t.notOk(objects.some(({ kind, text }) => kind === 'ConfigMap' && text.includes('config.yaml:')));
  const all = objects.map(({ text }) => text).join('\n');
  t.match(all, /configMap:\s*\{?\s*(?:defaultMode: \d+\s+)?name: "?ssec-proxy"?/);
  for (const { name, files, objects: own } of GUIDES.filter((guide) => guide.objects.length > 0)) {
    t.match(own[0]?.metadata, { name: 'ssec-proxy', namespace: 'storage' });
    for (const secret of ['keys', 'tls', 'upstream', 'clients'].map((part) => `ssec-proxy-${part}`)) {
      t.not(entriesOfSecret(files.get('manifest.yaml') ?? '', secret).length, 0, `${name}: ${secret}`);
      t.ok(all.includes(`secretName: "${secret}"`), secret);
    }
  }
  t.end();
});

/** `helm install NAME deploy/chart OPTIONS` of a text, without the example's comment signs. */
function installsIn(path: string): readonly (readonly [string, readonly string[]])[] {
  const text = readFileSync(join(ROOT, path), 'utf8').replaceAll(/ \\\n#? */g, ' ');
  return [...text.matchAll(/helm install (\S+) deploy\/chart (.*)/g)].map(
    ([, release = '', options = '']) => [release, options.replaceAll("'", '').split(' ')],
  );
}

t.test('the fleet and the injector of the guides can be installed beside each other', (t) => {
  const fleet = installsIn('docs/guides/kubernetes.md');
  const injector = [
    ...installsIn('docs/guides/sidecar-injector.md'),
    ...installsIn('deploy/examples/injected.yaml'),
  ];
  t.equal(fleet.length, 1);
  t.equal(injector.length, 2);
  const made = ([release, options]: (typeof fleet)[number]) => {
    const { status, stdout, stderr } = run(
      'helm',
      ['template', release, 'deploy/chart', ...options],
      '',
      ROOT,
    );
    t.equal(status, 0, stderr);
    return [...stdout.matchAll(/^kind: (\S+)\nmetadata:\n {2}name: (\S+)/gm)].map(([, ...id]) =>
      id.join(' '),
    );
  };
  const ofFleet = new Set(fleet.flatMap(made));
  t.ok(ofFleet.has('Deployment ssec-proxy'));
  for (const one of injector) {
    t.not(one[0], fleet[0]?.[0], 'Helm takes a name of a release once');
    const objects = made(one);
    t.ok(objects.includes('Deployment ssec-proxy-injector'));
    t.strictSame(
      objects.filter((object) => ofFleet.has(object)),
      [],
    );
  }
  t.end();
});
