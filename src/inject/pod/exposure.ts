import { posix } from 'node:path';
import { type Container, containersOf, type Pod } from './pod.ts';

/**
 * What of the pod can reach all of its node, and so the keys of each proxy there. It is not refused: with such rights it reaches
 * them from any pod of the node, without a proxy of its own too.
 */
export function exposureWarnings(pod: Pod): readonly string[] {
  const containers = containersOf(pod).flatMap(({ container }) => {
    const right = rightOf(container);
    return right === undefined ? [] : [`the container ${container.name} ${right}, and`];
  });
  const volumes = (pod.spec.volumes ?? []).flatMap(({ name, hostPath }) =>
    hostPath && showsKeys(hostPath.path) ? [`with the volume ${name} (hostPath) a container`] : [],
  );
  return [...containers, ...volumes]
    .slice(0, MOST)
    .map(
      (what) =>
        `ssec-proxy: ${what} could read the keys of each proxy of its node; use the proxy as a service of the cluster, on other nodes`,
    );
}

/** API servers show 4,096 characters of warnings. */
const MOST = 3;

function rightOf({ securityContext }: Container): string | undefined {
  if (securityContext?.privileged === true) return 'is privileged';
  const capability = securityContext?.capabilities?.add?.find((one) => STRONG.has(one.replace(/^CAP_/, '')));
  return capability === undefined ? undefined : `has the capability ${capability}`;
}

/** SYS_PTRACE is not one of them: without the processes of others in sight, which are refused, there is nothing to trace. */
const STRONG: ReadonlySet<string> = new Set(['ALL', 'SYS_ADMIN', 'SYS_MODULE']);

/** Where processes, mounted Secrets, and the sockets of those who start containers are. */
const TELLING: readonly string[] = [
  '/proc',
  '/var/lib/kubelet',
  ...['/run', '/var/run'].flatMap((run) =>
    ['containerd', 'crio', 'docker.sock'].map((name) => `${run}/${name}`),
  ),
];

function showsKeys(path: string): boolean {
  const folder = posix.normalize(`${path}/`);
  return TELLING.some((one) => folder.startsWith(`${one}/`) || `${one}/`.startsWith(folder));
}
