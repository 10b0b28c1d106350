import t from 'tap';
import { VERIFY_NEEDS } from '../../src/cli/commands/needs.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { testKey } from '../config/fixture.ts';
import { render, valuesOf } from './helm.ts';
import { configOf, type PodTemplate, podsOf } from './pods.ts';

const VERIFY = ['--set', 'verify.enabled=true,verify.places.all=s3://backups'];

const jobOf = (name: string, args: readonly string[] = VERIFY) => {
  const objects = render([...valuesOf(name), ...args]);
  const [job] = objects.filter(({ kind }) => kind === 'CronJob').flatMap(podsOf);
  if (!job) throw new Error('there is no job');
  return { job, config: configOf(objects) ?? '' };
};

const pathsOf = ({ spec }: PodTemplate): readonly string[] =>
  spec.containers
    .flatMap(({ volumeMounts }) => volumeMounts.map(({ mountPath }) => mountPath))
    .filter((path) => path !== '/etc/ssec-proxy' && path !== '/reports')
    .toSorted();

const secretAt = ({ spec }: PodTemplate, path: string): unknown => {
  const mount = spec.containers[0]?.volumeMounts.find(({ mountPath }) => mountPath === path);
  const volume = spec.volumes.find(({ name }) => name === mount?.name);
  return (volume?.secret as { secretName?: string } | undefined)?.secretName;
};

const READ: Readonly<Record<string, readonly string[]>> = {
  minimal: ['/keys', '/secrets/upstream'],
  large: ['/keys', '/secrets/archive', '/secrets/upstream'],
  vault: ['/secrets/account', '/secrets/upstream', '/secrets/vault'],
  'monitored-with-token': ['/keys', '/secrets/upstream'],
  // What a config of somebody else needs is not known.
  'existing-config': ['/keys', '/secrets/clients', '/secrets/upstream', '/tls'],
};

for (const [name, paths] of Object.entries(READ))
  t.test(
    `${name}: the job of verify has what verify reads, and no secret of listeners and clients`,
    async (t) => {
      const { job, config } = jobOf(name);
      t.strictSame(pathsOf(job), paths);
      if (name === 'existing-config' || name === 'vault') return;
      const readFile = async (path: string) => {
        const there =
          path === '/etc/ssec-proxy/config.yaml' || paths.some((folder) => path.startsWith(`${folder}/`));
        if (!there) throw Object.assign(new Error(path), { code: 'ENOENT' });
        const content = path.startsWith('/keys/') ? testKey(path) : 'test-secret-of-nobody';
        const bytes = Buffer.from(path.endsWith('.yaml') ? config : content);
        return { bytes, mode: 0o440, truncated: false };
      };
      const needs = { ...VERIFY_NEEDS, buckets: ['backups'] };
      const { problems } = await loadConfig('/etc/ssec-proxy/config.yaml', { readFile, needs, env: {} });
      t.strictSame(problems, []);
    },
  );

t.test('the credentials of each store have a Secret of their own in the job', (t) => {
  const set = ',verify.secrets.archive.secretName=archive-ro,verify.secrets.upstream.secretName=ro';
  const { job } = jobOf('large', ['--set', `${VERIFY[1]}${set}`]);
  t.equal(secretAt(job, '/secrets/archive'), 'archive-ro');
  t.equal(secretAt(job, '/secrets/upstream'), 'ro');
  t.end();
});

t.test('a folder that a store needs too stays, though a listener has it', (t) => {
  const { job } = jobOf('minimal', ['--set', `${VERIFY[1]},config.upstream.ca=/tls/ca.crt`]);
  t.strictSame(pathsOf(job), ['/keys', '/secrets/upstream', '/tls']);
  t.end();
});
