import { NODE_IP } from '../cluster/network.ts';
import type { PodRun } from './pod-run.ts';
import type { Supervised } from './supervised.ts';

/** The status of a pod as the kubelet writes it. */
export function statusOf(run: PodRun): object {
  const { inits, mains, phase, address, pod, startTime } = run;
  const sidecars = inits.filter(({ container }) => container.restartPolicy === 'Always');
  const ended = phase === 'Succeeded' || phase === 'Failed';
  const ready = !ended && run.initialized && [...mains, ...sidecars].every((one) => one.ready);
  return {
    phase,
    hostIP: NODE_IP,
    podIP: address,
    podIPs: [{ ip: address }],
    startTime,
    ...(run.fault !== '' && { message: run.fault.slice(0, 500) }),
    conditions: [
      condition('PodScheduled', true, startTime),
      condition('Initialized', run.initialized, startTime),
      condition('ContainersReady', ready, startTime),
      condition('Ready', ready, startTime),
    ],
    initContainerStatuses: (pod.spec.initContainers ?? []).map(({ name, image }) =>
      containerStatus(name, image, inits, startTime),
    ),
    containerStatuses: pod.spec.containers.map(({ name, image }) =>
      containerStatus(name, image, mains, startTime),
    ),
  };
}

function condition(type: string, holds: boolean, lastTransitionTime: string): object {
  return { type, status: holds ? 'True' : 'False', lastTransitionTime };
}

function containerStatus(name: string, image: string, all: readonly Supervised[], startedAt: string): object {
  const own = all.find(({ container }) => container.name === name);
  return {
    name,
    image,
    imageID: '',
    ready: own?.ready ?? false,
    started: own?.started ?? false,
    restartCount: own?.restarts ?? 0,
    state: stateOf(own, startedAt),
  };
}

function stateOf(own: Supervised | undefined, startedAt: string): object {
  if (own?.running) return { running: { startedAt } };
  if (own?.exitCode === undefined) return { waiting: { reason: 'PodInitializing' } };
  const reason = own.exitCode === 0 ? 'Completed' : 'Error';
  return {
    terminated: { exitCode: own.exitCode, reason, message: own.fault, startedAt, finishedAt: startedAt },
  };
}
