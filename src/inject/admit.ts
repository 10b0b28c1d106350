import type { AskApi } from './api/cluster-api.ts';
import { isTooOld, type KubernetesVersion, OLDEST } from './api/kubernetes-version.ts';
import { LABEL } from './names.ts';
import { exposureWarnings } from './pod/exposure.ts';
import { patchOf, warningsOf } from './pod/patch.ts';
import { type Pod, readPod } from './pod/pod.ts';
import { loadProfile } from './profile/load.ts';
import { Refusal } from './refusal.ts';
import type { OtherReview, Review, Verdict } from './review.ts';

export interface Admitting {
  readonly ask: AskApi;
  /** The image of the sidecar, and those that a profile may name in its place. */
  readonly image: string;
  readonly images: readonly string[];
  /** Of the API server; undefined as long as it is not known. */
  readonly version: () => KubernetesVersion | undefined;
  readonly clock: () => Date;
}

/** Who asked, for the log. */
export interface Admission {
  readonly verdict: Verdict;
  readonly pod?: string | undefined;
  readonly profile?: string | undefined;
}

/**
 * Judges one pod. It reads one ConfigMap and changes nothing, so a dry run is like any other. A pod that asks for a proxy
 * gets it or is refused; one that does not ask is left alone.
 */
export async function admit(review: Review | OtherReview, admitting: Admitting): Promise<Admission> {
  if ('other' in review) return { verdict: refused(new Refusal(400, `${OTHER}, not ${review.other}`)) };
  let name: string | undefined;
  let profile: string | undefined;
  try {
    const pod = readPod(review.pod);
    name = nameOf(pod);
    profile = pod.metadata.labels?.[LABEL];
    if (profile === undefined) return { verdict: { kind: 'left' }, pod: name };
    requireVersion(admitting.version());
    const { ask, images, image, clock } = admitting;
    const loaded = await loadProfile(
      { name: profile, namespace: review.namespace },
      { ask, image, images, now: clock() },
    );
    const patch = patchOf(pod, loaded, image);
    const verdict: Verdict =
      patch.length === 0
        ? { kind: 'left' }
        : { kind: 'injected', patch, warnings: [...exposureWarnings(pod), ...warningsOf(pod, loaded)] };
    return { verdict, pod: name, profile };
  } catch (error) {
    if (error instanceof Refusal) return { verdict: refused(error), pod: name, profile };
    throw error;
  }
}

const OTHER = 'the webhook of ssec-proxy judges pods that are made (rules: CREATE, pods)';

function refused({ code, message }: Refusal): Verdict {
  return { kind: 'refused', code, message };
}

function nameOf({ metadata: { name, generateName } }: Pod): string | undefined {
  return name ?? (generateName === undefined ? undefined : `${generateName}…`);
}

function requireVersion(version: KubernetesVersion | undefined): void {
  if (!version) throw new Refusal(503, `${LABEL}: the version of Kubernetes is not known yet; try again`);
  if (!isTooOld(version)) return;
  throw new Refusal(
    400,
    `${LABEL}: this is Kubernetes ${version.major}.${version.minor}, and a sidecar needs ${OLDEST.major}.${OLDEST.minor}; use the proxy as a service of the cluster`,
  );
}
