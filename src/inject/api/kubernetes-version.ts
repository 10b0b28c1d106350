import { isRecord } from '../../json.ts';
import type { AskApi } from './cluster-api.ts';

export interface KubernetesVersion {
  readonly major: number;
  readonly minor: number;
}

/**
 * The first in which native sidecars are on by default. An older API server drops the field that makes one, and what is
 * left is an init container that never ends:
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export const OLDEST: KubernetesVersion = { major: 1, minor: 29 };

/** Every authenticated account may ask (`system:discovery`). @throws Error that says why there is no version */
export async function askVersion(ask: AskApi): Promise<KubernetesVersion> {
  const { status, body } = await ask({ method: 'GET', path: '/version' });
  if (status !== 200 || !isRecord(body)) throw new Error(`/version answers ${status}`);
  const major = leadingNumber(body.major);
  const minor = leadingNumber(body.minor);
  if (major === undefined || minor === undefined) throw new Error('/version has no version in it');
  return { major, minor };
}

export function isTooOld({ major, minor }: KubernetesVersion): boolean {
  return major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
}

/** Providers write "31+". */
function leadingNumber(text: unknown): number | undefined {
  const [digits] = typeof text === 'string' ? (/^\d{1,4}/.exec(text) ?? []) : [];
  return digits === undefined ? undefined : Number(digits);
}
