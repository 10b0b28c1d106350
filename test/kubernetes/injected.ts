import { deepStrictEqual } from 'node:assert/strict';
import type { Container, Held, Pod, PodSpec } from './cluster/objects.ts';
import { ENDPOINT, PROFILE } from './steps/profile.ts';

const SIDECAR = 'ssec-proxy';
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The proxy of a pod, if it has one. */
export function sidecarOf({ spec }: Pod): Container | undefined {
  return spec.initContainers?.find(({ name }) => name === SIDECAR);
}

/**
 * Throws unless `injected` is what `plain` would be with the proxy of the profile, and no more: the two pods were made from
 * the same text, one with the label and one without it.
 */
export function requireInjected(injected: Pod, plain: Pod, image: string): void {
  const [first, ...others] = injected.spec.initContainers ?? [];
  deepStrictEqual(first && essential(first), expectedSidecar(image), 'the sidecar');
  const volumes = (injected.spec.volumes ?? []).filter(({ name }) => !name.startsWith('ssec-proxy-'));
  deepStrictEqual(
    comparable({
      ...injected.spec,
      initContainers: others.map(withoutEndpoint),
      volumes,
      containers: injected.spec.containers.map(withoutEndpoint),
    }),
    comparable(plain.spec),
    'the rest of the pod',
  );
  for (const { name, env } of [...others, ...injected.spec.containers]) {
    const found = env?.find((one) => one.name === 'AWS_ENDPOINT_URL')?.value;
    deepStrictEqual(found, ENDPOINT, `AWS_ENDPOINT_URL of ${name}`);
  }
  deepStrictEqual(injected.metadata.annotations?.['ssec-proxy.io/injected'], PROFILE);
}

/** What decides whether it serves, and with which rights. */
function essential({
  name,
  image,
  args,
  restartPolicy,
  volumeMounts,
  securityContext,
  startupProbe,
}: Container): object {
  return {
    name,
    image,
    args,
    restartPolicy,
    mounts: volumeMounts?.map(({ mountPath, readOnly }) => ({ mountPath, readOnly })),
    // The API server gives the token of the pod to each container that has nothing at its place.
    hasToken: volumeMounts?.some(({ name }) => name.startsWith('kube-api-access')),
    isRestricted:
      securityContext?.runAsNonRoot === true &&
      securityContext.readOnlyRootFilesystem === true &&
      securityContext.allowPrivilegeEscalation === false &&
      securityContext.capabilities?.drop?.join() === 'ALL',
    waitsFor: startupProbe?.httpGet?.path,
  };
}

function expectedSidecar(image: string): object {
  const paths = ['/etc/ssec-proxy', '/keys', '/secrets/upstream', '/secrets/ca', ACCOUNT];
  return {
    name: SIDECAR,
    image,
    args: ['serve', '/etc/ssec-proxy/config.yaml'],
    restartPolicy: 'Always',
    mounts: paths.map((mountPath) => ({ mountPath, readOnly: true })),
    hasToken: false,
    isRestricted: true,
    waitsFor: '/readyz',
  };
}

function withoutEndpoint(container: Container): Container {
  const env = container.env?.filter(({ name }) => name !== 'AWS_ENDPOINT_URL');
  const { env: _, ...rest } = container;
  return env === undefined || env.length === 0 ? rest : { ...rest, env };
}

/** Without what is each pod's own: its node, its names, and that of the volume with its account. */
function comparable(spec: PodSpec): unknown {
  const own = { nodeName: undefined, hostname: undefined, subdomain: undefined };
  const text = JSON.stringify({ ...spec, ...own, initContainers: spec.initContainers ?? [] });
  return JSON.parse(text.replaceAll(/kube-api-access-\w+/g, 'kube-api-access'));
}

/** What a kind makes pods of, with the labels of its pods. */
export function podsOf(all: readonly Pod[], owner: string): readonly Pod[] {
  return all.filter(({ metadata }) => isOwned(metadata, owner));
}

function isOwned({ name, ownerReferences = [] }: Held['metadata'], owner: string): boolean {
  return name === owner || ownerReferences.some((one) => one.name.startsWith(owner));
}
