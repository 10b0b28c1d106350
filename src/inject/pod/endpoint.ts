import { SIDECAR } from '../names.ts';
import type { Profile } from '../profile/load.ts';
import { Refusal } from '../refusal.ts';
import { addTo, type Operation } from './json-patch.ts';
import { type Container, containersOf, type Pod } from './pod.ts';

/**
 * Tells the containers that the profile names where the proxy is. One that is told something else already is refused: its
 * objects would go past the proxy.
 * @throws Refusal
 */
export function endpointPatch(pod: Pod, { name, endpoint, listening }: Profile): readonly Operation[] {
  if (!endpoint) return [];
  const { containers: which, variable } = endpoint;
  const meant = containersOf(pod).filter(
    ({ container: { name: own } }) => own !== SIDECAR && (which === 'all' || which.includes(own)),
  );
  if (meant.length === 0)
    throw new Refusal(
      400,
      `the pod has none of the containers that the profile ${name} names for ${variable}`,
    );
  return meant.flatMap(({ list, index, container }) => {
    const value = listening.endpoint ?? '';
    requireNoOther(container, variable, value);
    const isThere = container.env?.some((entry) => entry.name === variable) === true;
    if (isThere) return [];
    // First, since Kubernetes expands $(AWS_ENDPOINT_URL) only in variables that come after it:
    // https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    return addTo(container.env, ['spec', list, index, 'env'], [{ name: variable, value }], 'first');
  });
}

function requireNoOther({ name, env }: Container, variable: string, wanted: string): void {
  for (const entry of env ?? []) {
    const goesElsewhere =
      entry.name === variable || (isAws(variable) && entry.name === S3_ALONE)
        ? entry.value !== wanted
        : isAws(variable) && entry.name === IGNORE && entry.value?.toLowerCase() !== 'false';
    if (goesElsewhere)
      throw new Refusal(
        400,
        `the container ${name} has ${entry.name} set, so that its requests would go past the proxy; remove it there`,
      );
  }
}

const isAws = (variable: string): boolean => variable === 'AWS_ENDPOINT_URL' || variable === S3_ALONE;

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html: it goes before AWS_ENDPOINT_URL. */
const S3_ALONE = 'AWS_ENDPOINT_URL_S3';

/** The same page: "ignore all configured endpoints". */
const IGNORE = 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS';
