import t from 'tap';
import { admitted, type Container, pod } from './fixture.ts';

const STEAL = [{ name: 'ssec-proxy-secret-0', mountPath: '/steal' }];

t.test(
  'a container that mounts a volume of the injector by its name is refused: it would see the keys',
  async (t) => {
    for (const spec of [
      { containers: [{ name: 'web', volumeMounts: STEAL }] },
      { initContainers: [{ name: 'migrate', volumeMounts: STEAL }] },
      { containers: [{ name: 'web', volumeMounts: [{ name: 'ssec-proxy-secret-31', mountPath: '/a' }] }] },
    ]) {
      const { kind, message } = await admitted(pod(spec));
      t.equal(kind, 'refused');
      t.match(message, /the container \w+ mounts ssec-proxy-secret-\d+; .*: remove the mount/);
    }
  },
);

t.test('so is one in a pod that has its proxy, as it comes out or with the mark alone', async (t) => {
  const withMount = (containers: readonly Container[]): readonly object[] =>
    containers.map((container) => ({ ...container, volumeMounts: STEAL }));
  const { pod: once } = await admitted(pod());
  const mounted = { ...once, spec: { ...once.spec, containers: withMount(once.spec.containers) } };
  t.match(await admitted(mounted), { kind: 'refused', message: /web mounts ssec-proxy-secret-0/ });
  const { pod: old } = await admitted(pod(), { image: 'old:1' });
  const copy = { ...old, spec: { ...old.spec, containers: withMount(old.spec.containers) } };
  t.match(await admitted(copy), { kind: 'refused', message: /web mounts ssec-proxy-secret-0/ });
});

t.test('a container may mount all that is its own', async (t) => {
  const volumeMounts = [{ name: 'data', mountPath: '/data' }];
  const own = { containers: [{ name: 'web', volumeMounts }], volumes: [{ name: 'data', emptyDir: {} }] };
  const { kind, pod: after } = await admitted(pod(own));
  t.equal(kind, 'injected');
  t.same(after.spec.containers[0]?.volumeMounts, volumeMounts);
  t.equal((await admitted(after)).kind, 'left');
});
