import { LABEL, SIDECAR, VOLUME } from '../names.ts';
import type { Profile } from '../profile/load.ts';
import { Refusal } from '../refusal.ts';
import { containersOf, type NodeExpression, type Pod } from './pod.ts';

interface Unfit {
  readonly is: (pod: Pod) => boolean;
  readonly message: string;
}

/** Pods in which a sidecar would give keys or the store to others, or can't run. */
const UNFIT: readonly Unfit[] = [
  {
    is: ({ spec }) => spec.hostNetwork === true,
    message:
      'the pod is in the network of its node (hostNetwork), where every process of the node would reach the proxy; use the proxy as a service of the cluster',
  },
  {
    is: ({ spec }) => spec.shareProcessNamespace === true,
    message:
      'the pod shares its processes (shareProcessNamespace), so that its other containers could read the keys of the proxy; use the proxy as a service of the cluster',
  },
  {
    is: ({ spec }) => spec.hostPID === true,
    message:
      'the pod sees the processes of its node (hostPID), so that its other containers could read the keys of each proxy there; use the proxy as a service of the cluster',
  },
  {
    is: isForWindows,
    message: 'the pod is for Windows, and the proxy is for Linux; use the proxy as a service of the cluster',
  },
];

/** By its own word, or by the nodes that it may run on. Of the terms of a node affinity each by itself is enough to fit. */
function isForWindows({ spec }: Pod): boolean {
  if (spec.os?.name === 'windows') return true;
  if (OS_LABELS.some((label) => spec.nodeSelector?.[label] === 'windows')) return true;
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.length > 0 && terms.every(({ matchExpressions }) => matchExpressions?.some(wantsWindows));
}

function wantsWindows({ key, operator, values }: NodeExpression): boolean {
  return (
    OS_LABELS.includes(key) && operator === 'In' && values?.every((value) => value === 'windows') === true
  );
}

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-os, and its name before 1.14. */
const OS_LABELS: readonly string[] = ['kubernetes.io/os', 'beta.kubernetes.io/os'];

/** @throws Refusal for a pod that can't have a sidecar, whatever its profile */
export function requireFit(pod: Pod): void {
  const unfit = UNFIT.find(({ is }) => is(pod));
  if (unfit) throw new Refusal(400, `${LABEL}: ${unfit.message}`);
  requireOwnMounts(pod);
}

/** By the name of a volume of the injector another container would see the keys. */
function requireOwnMounts(pod: Pod): void {
  for (const { container } of containersOf(pod)) {
    const mount = container.volumeMounts?.find(({ name }) => name.startsWith(VOLUME));
    if (mount && container.name !== SIDECAR)
      throw new Refusal(
        400,
        `the container ${container.name} mounts ${mount.name}; volumes with ${VOLUME} are for the proxy alone: remove the mount`,
      );
  }
}

/** @throws Refusal for a pod whose own names or ports the sidecar would need, or whose account it would have to have */
export function requireRoom(pod: Pod, { listening, name }: Profile): void {
  if (listening.account && pod.spec.automountServiceAccountToken === false)
    throw new Refusal(
      400,
      `the proxy of the profile ${name} logs in at a vault with the token of the pod’s service account, and the pod has automountServiceAccountToken: false; remove that, or log in by other means`,
    );
  for (const { container } of containersOf(pod)) {
    if (container.name === SIDECAR)
      throw new Refusal(
        400,
        `the pod has a container ${SIDECAR} that the injector did not make; rename it, or remove the label ${LABEL}`,
      );
    const clash = container.ports?.find(
      ({ containerPort, protocol = 'TCP' }) => protocol === 'TCP' && listening.ports.includes(containerPort),
    );
    if (clash)
      throw new Refusal(
        400,
        `the container ${container.name} has the port ${clash.containerPort}, which the proxy of the profile ${name} has too; change one of them`,
      );
  }
  const volume = pod.spec.volumes?.find((one) => one.name.startsWith(VOLUME));
  if (volume)
    throw new Refusal(
      400,
      `the pod has a volume ${volume.name}; names with ${VOLUME} are those of the injector: rename it`,
    );
}
