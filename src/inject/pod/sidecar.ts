import { ACCOUNT_FOLDER, CONFIG_FILE, CONFIG_FOLDER, SIDECAR, VOLUME } from '../names.ts';
import type { Profile } from '../profile/load.ts';

export interface Sidecar {
  readonly container: Readonly<Record<string, unknown>>;
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
}

/**
 * A native sidecar: it is ready before the containers of the pod start, ends after them, and does not keep a Job from ending:
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 * @param fsGroup has the pod one?
 */
export function sidecarOf(profile: Profile, image: string, fsGroup: boolean): Sidecar {
  const { configMap, secrets, listening, resources } = profile;
  const volumes = [
    { name: CONFIG_VOLUME, configMap: { name: configMap } },
    ...secrets.map(({ name }, index) => ({
      name: secretVolume(index),
      secret: { secretName: name, defaultMode: GROUP_READS },
    })),
    ...(listening.account ? [] : [{ name: EMPTY_VOLUME, emptyDir: {} }]),
  ];
  // The proxy asks Kubernetes nothing: what is mounted here keeps the token of the pod's account out.
  const empty = listening.account ? [] : [{ name: EMPTY_VOLUME, mountPath: ACCOUNT_FOLDER, readOnly: true }];
  const volumeMounts = [
    { name: CONFIG_VOLUME, mountPath: CONFIG_FOLDER, readOnly: true },
    ...secrets.map(({ path }, index) => ({ name: secretVolume(index), mountPath: path, readOnly: true })),
    ...empty,
  ];
  const container = {
    name: SIDECAR,
    restartPolicy: 'Always',
    image: profile.image ?? image,
    args: ['serve', `${CONFIG_FOLDER}/${CONFIG_FILE}`],
    ...probes(listening.admin),
    resources,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: fsGroup ? USER : ROOT_GROUP,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts,
  };
  return { container, volumes };
}

const EMPTY_VOLUME = `${VOLUME}empty`;
const CONFIG_VOLUME = `${VOLUME}config`;
const secretVolume = (index: number): string => `${VOLUME}secret-${index}`;

/** Of the image. */
const USER = 10001;

/**
 * Files of a Secret belong to root and its group, or to the group `fsGroup` of the pod. Where the pod has none, one would
 * change who owns its other volumes too. So the sidecar is in the group root, which may read what is mounted in it and
 * nothing else of the host; all other rights of root stay away.
 */
const ROOT_GROUP = 0;
const GROUP_READS = 0o440;

/**
 * The other containers start once the proxy is ready, which needs its config and its keys. A store that can't be reached
 * does not hold them up: /readyz says then that it is degraded, with 200. The proxy has two minutes before the kubelet
 * starts it again.
 */
function probes({ port, scheme }: Profile['listening']['admin']): object {
  const get = (path: string): object => ({ httpGet: { path, port, scheme } });
  return {
    startupProbe: { ...get('/readyz'), periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 120 },
    readinessProbe: { ...get('/readyz'), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...get('/healthz'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  };
}
