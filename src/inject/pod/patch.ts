import { inWords } from '../../config/duration.ts';
import { INJECTED } from '../names.ts';
import type { Profile } from '../profile/load.ts';
import { requireAmounts } from './amounts.ts';
import { endpointPatch, unmetContainers } from './endpoint.ts';
import { requireFit, requireRoom } from './fitness.ts';
import { isInjected, isMarked, toTheFront, withoutSidecar } from './injected.ts';
import { addTo, type Operation, pointer } from './json-patch.ts';
import type { Pod } from './pod.ts';
import { sidecarOf } from './sidecar.ts';

/** Puts the proxy of the profile into the pod. Empty for a pod that has it. @throws Refusal */
export function patchOf(pod: Pod, profile: Profile, image: string): readonly Operation[] {
  requireFit(pod);
  const marked = isMarked(pod, profile);
  const hasGroup = typeof pod.spec.securityContext?.fsGroup === 'number';
  const sidecar = sidecarOf(profile, image, hasGroup);
  // Another webhook may have added containers since, and put them first.
  if (marked && isInjected(pod, sidecar)) return [...endpointPatch(pod, profile), ...toTheFront(pod)];
  const { pod: bare, patch: removed } = marked ? withoutSidecar(pod) : { pod, patch: [] };
  requireRoom(bare, profile);
  requireAmounts(bare, profile);
  const { initContainers, volumes } = bare.spec;
  return [
    ...removed,
    // Before the sidecar shifts the places of the init containers.
    ...endpointPatch(bare, profile),
    // First, so that the init containers of the pod can use it.
    ...addTo(initContainers, ['spec', 'initContainers'], [sidecar.container], 'first'),
    ...addTo(volumes, ['spec', 'volumes'], sidecar.volumes),
    ...(marked ? [] : mark(bare, profile.name)),
  ];
}

/** What makes the one who reads it wonder later on. */
export function warningsOf(pod: Pod, profile: Profile): readonly string[] {
  const { configMap, listening } = profile;
  const own = listening.warnings.slice(0, MOST_OF_CONFIG).map((one) => `${configMap}: ${one}`);
  return [...graceWarning(pod, profile), ...endpointWarning(pod, profile), ...own];
}

/** API servers show 4,096 characters of warnings. */
const MOST_OF_CONFIG = 5;

function graceWarning({ spec }: Pod, { listening }: Profile): readonly string[] {
  const grace = spec.terminationGracePeriodSeconds;
  if (typeof grace !== 'number' || grace * 1000 > listening.drain) return [];
  return [
    `ssec-proxy: terminationGracePeriodSeconds is ${grace}, and the proxy drains for ${inWords(listening.drain)} after the other containers have ended; make it longer, or drain shorter`,
  ];
}

function endpointWarning(pod: Pod, profile: Profile): readonly string[] {
  const unmet = unmetContainers(pod, profile);
  if (unmet.length === 0) return [];
  const [some, more] = [unmet.slice(0, MOST_NAMES), unmet.length - MOST_NAMES];
  return [
    `ssec-proxy: endpoint.containers of the profile ${profile.name} names ${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}, which the pod has not; its other containers are told no endpoint`,
  ];
}

/** API servers cut warnings at 256 characters. */
const MOST_NAMES = 2;

function mark({ metadata }: Pod, profile: string): readonly Operation[] {
  return metadata.annotations
    ? [{ op: 'add', path: pointer('metadata', 'annotations', INJECTED), value: profile }]
    : [{ op: 'add', path: pointer('metadata', 'annotations'), value: { [INJECTED]: profile } }];
}
