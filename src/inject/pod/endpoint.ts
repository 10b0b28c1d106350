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
    requireNoProxy(container, value);
    const isThere = container.env?.some((entry) => entry.name === variable) === true;
    if (isThere) return [];
    // First, since Kubernetes expands $(AWS_ENDPOINT_URL) only in variables that come after it:
    // https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    return addTo(container.env, ['spec', list, index, 'env'], [{ name: variable, value }], 'first');
  });
}

/** The containers that the profile names and the pod has not: a name may be misspelt, or another webhook adds it later. */
export function unmetContainers(pod: Pod, { endpoint }: Profile): readonly string[] {
  if (!endpoint || endpoint.containers === 'all') return [];
  const there = new Set(containersOf(pod).map(({ container: { name } }) => name));
  return endpoint.containers.filter((name) => !there.has(name));
}

function requireNoOther({ name, env }: Container, variable: string, wanted: string): void {
  for (const entry of env ?? []) {
    const goesElsewhere =
      entry.name === variable || isRead(entry.name, variable)
        ? entry.value?.replace(/\/$/, '') !== wanted
        : isAws(variable) && entry.name === IGNORE && entry.value?.toLowerCase() !== 'false';
    if (goesElsewhere)
      throw new Refusal(
        400,
        `the container ${name} has ${entry.name} set, so that its requests would go past the proxy; remove it there`,
      );
  }
}

/** Does an SDK of AWS take the endpoint from it, though the proxy is told in `variable`? The one for S3 counts most. */
function isRead(name: string, variable: string): boolean {
  return name === S3_ALONE || (name === EVERY_SERVICE && variable !== S3_ALONE);
}

const isAws = (variable: string): boolean => variable === EVERY_SERVICE || variable === S3_ALONE;

const EVERY_SERVICE = 'AWS_ENDPOINT_URL';

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html: it goes before AWS_ENDPOINT_URL. */
const S3_ALONE = 'AWS_ENDPOINT_URL_S3';

/** The same page: "ignore all configured endpoints". */
const IGNORE = 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS';

/**
 * An HTTP proxy would get the objects in plain. Go leaves loopback out by itself; Python and curl don't, and Python knows
 * no networks such as 127.0.0.0/8: https://docs.python.org/3/library/urllib.request.html#urllib.request.getproxies
 */
function requireNoProxy({ name, env }: Container, wanted: string): void {
  const entries = (env ?? []).map((entry) => ({ ...entry, upper: entry.name.toUpperCase() }));
  const proxy = entries.find(({ upper, value }) => PROXIES.has(upper) && value !== '');
  if (!proxy) return;
  const { hostname, host } = new URL(wanted);
  const left = new Set([hostname, host, hostname.replace(/^\[|\]$/g, ''), '*']);
  const exceptions = entries.filter(({ upper }) => upper === 'NO_PROXY');
  const isLeftOut = exceptions.every(({ value = '' }) =>
    value.split(',').some((one) => left.has(one.trim())),
  );
  if (isLeftOut && exceptions.length > 0) return;
  throw new Refusal(
    400,
    `the container ${name} has ${proxy.name} set, so that its requests would go there and not to the proxy; add ${hostname} to the value of its NO_PROXY`,
  );
}

/** For http:// URLs, such as that of the sidecar. */
const PROXIES: ReadonlySet<string> = new Set(['HTTP_PROXY', 'ALL_PROXY']);
