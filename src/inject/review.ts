import { isRecord } from '../json.ts';
import type { Operation } from './pod/json-patch.ts';
import type { RefusalCode } from './refusal.ts';

/** A pod that is about to be made. */
export interface Review {
  readonly uid: string;
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly pod: Readonly<Record<string, unknown>>;
}

/** What came is something else than a review, and gets no answer of one. */
export class NotAReview extends Error {
  override readonly name = 'NotAReview';
}

/** It is a review, of something that this webhook does not judge. */
export interface OtherReview {
  readonly uid: string;
  readonly other: string;
}

/**
 * Reads what a webhook is sent. Fields that are not needed are not looked at, since each release of Kubernetes may add some:
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
 * @throws NotAReview
 */
export function readReview(text: string): Review | OtherReview {
  const review = parsed(text);
  if (!isRecord(review) || review.kind !== 'AdmissionReview') throw new NotAReview('no AdmissionReview');
  if (review.apiVersion !== VERSION)
    throw new NotAReview(`an AdmissionReview of another version than ${VERSION}`);
  const { request } = review;
  if (!isRecord(request)) throw new NotAReview('an AdmissionReview without a request');
  const { uid, namespace, operation, resource, subResource = '', dryRun = false, object } = request;
  if (typeof uid !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(uid))
    throw new NotAReview('a request without a uid');
  if (!isPods(resource) || subResource !== '') return { uid, other: 'something else than pods' };
  if (operation !== 'CREATE') return { uid, other: 'another operation than CREATE' };
  if (typeof namespace !== 'string' || !NAMESPACE.test(namespace))
    throw new NotAReview('a request without a namespace');
  if (typeof dryRun !== 'boolean' || !isRecord(object)) throw new NotAReview('a request without a pod');
  return { uid, namespace, dryRun, pod: object };
}

const VERSION = 'admission.k8s.io/v1';

/** RFC 1123, a label. */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotAReview('no JSON');
  }
}

function isPods(resource: unknown): boolean {
  return (
    isRecord(resource) && resource.group === '' && resource.version === 'v1' && resource.resource === 'pods'
  );
}

export type Verdict =
  | { readonly kind: 'left' }
  | { readonly kind: 'injected'; readonly patch: readonly Operation[]; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };

/** The answer as the API server wants it. */
export function answerOf(uid: string, verdict: Verdict): string {
  return JSON.stringify({
    apiVersion: VERSION,
    kind: 'AdmissionReview',
    response: { uid, ...responseOf(verdict) },
  });
}

function responseOf(verdict: Verdict): object {
  if (verdict.kind === 'left') return { allowed: true };
  if (verdict.kind === 'refused')
    return { allowed: false, status: { code: verdict.code, message: verdict.message } };
  const { patch, warnings } = verdict;
  return {
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}
