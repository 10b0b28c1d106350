import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../json.ts';
import { INJECTED, SIDECAR, VOLUME } from '../names.ts';
import type { Profile } from '../profile/load.ts';
import { addTo, type Operation, removeFrom } from './json-patch.ts';
import type { Pod } from './pod.ts';
import type { Sidecar } from './sidecar.ts';

/** Was the pod injected before? Another webhook makes the API server ask again, and copies of pods are made again. */
export function isMarked({ metadata }: Pod, { name }: Pick<Profile, 'name'>): boolean {
  return metadata.annotations?.[INJECTED] === name;
}

/** Has the pod this sidecar, whatever others have added to it? The mark alone proves nothing. */
export function isInjected({ spec }: Pod, { container, volumes }: Sidecar): boolean {
  // Kubernetes writes quantities in its own way, and others may change them.
  const { resources: _, ...wanted } = container;
  const own = spec.initContainers?.find(({ name }) => name === SIDECAR);
  if (!own || 'command' in own || !covers(own, wanted)) return false;
  return volumes.every((volume) => spec.volumes?.some((one) => covers(one, volume)) === true);
}

/** What stands before the sidecar would run, and be told the endpoint, before there is one. What others gave it stays. */
export function toTheFront({ spec: { initContainers } }: Pod): readonly Operation[] {
  const isSidecar = ({ name }: { readonly name: string }): boolean => name === SIDECAR;
  const own = initContainers?.find(isSidecar);
  if (!own || initContainers?.[0] === own) return [];
  const path = ['spec', 'initContainers'];
  return [...removeFrom(initContainers, path, isSidecar), ...addTo(initContainers, path, [own], 'first')];
}

/** A sidecar of an older image or profile, taken out. What is added after it finds the pod as this leaves it. */
export function withoutSidecar(pod: Pod): { readonly pod: Pod; readonly patch: readonly Operation[] } {
  const { initContainers, volumes } = pod.spec;
  const isSidecar = ({ name }: { readonly name: string }): boolean => name === SIDECAR;
  const isVolume = ({ name }: { readonly name: string }): boolean => name.startsWith(VOLUME);
  const spec = {
    ...pod.spec,
    initContainers: initContainers?.filter((one) => !isSidecar(one)),
    volumes: volumes?.filter((one) => !isVolume(one)),
  };
  return {
    pod: { ...pod, spec },
    patch: [
      ...removeFrom(initContainers, ['spec', 'initContainers'], isSidecar),
      ...removeFrom(volumes, ['spec', 'volumes'], isVolume),
    ],
  };
}

/** Is all that is wanted there? Of lists of objects each one somewhere, of other lists the same. */
function covers(actual: unknown, wanted: unknown): boolean {
  if (isRecord(wanted))
    return isRecord(actual) && Object.entries(wanted).every(([name, value]) => covers(actual[name], value));
  if (Array.isArray(wanted) && wanted.every(isRecord))
    return (
      Array.isArray(actual) && wanted.every((value) => actual.some((one: unknown) => covers(one, value)))
    );
  return isDeepStrictEqual(actual, wanted);
}
