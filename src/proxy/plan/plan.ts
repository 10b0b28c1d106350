import type { Action } from '../../clients/permissions.ts';
import type { SseKey } from '../../keys/key.ts';
import type { Upload } from '../../multipart/upload.ts';
import type { Match } from '../../rules/match.ts';
import type { Operation } from '../../s3/operations.ts';
import type { Target } from '../../s3/target.ts';
import type { Credentials } from '../../secret.ts';
import type { Upstream } from '../../upstream/upstream.ts';

/** What the proxy will do with a request, and why. */
export interface Plan {
  readonly operation: Operation;
  /** As the store knows it: upload ids are its own. */
  readonly target: Target;
  /** What the store is asked by, where that is not the operation's own. */
  readonly method?: Operation['method'] | undefined;
  /** As the client knows it. */
  readonly asked: Target;
  /** The multipart upload that it goes on with, under a rule that encrypts. */
  readonly upload: Upload | undefined;
  /** What the rules say of the target; of the bucket or the service, they only say that it may pass. */
  readonly match: Match | { readonly kind: 'bucket' } | { readonly kind: 'service' };
  readonly ssec: Injection;
  readonly source: CopySource | undefined;
  /** What a client must be allowed on each object that is the target; nothing where that is asked by the bucket. */
  readonly needs: readonly Action[];
  /** Where the target is. */
  readonly upstream: Upstream;
  /** Who signs at the upstream; undefined for a CORS preflight, which nobody signs. */
  readonly credentials: Credentials | undefined;
  /** The other upstreams that are asked too, and who signs there: for ListBuckets. */
  readonly further: readonly Pick<Plan, 'upstream' | 'credentials'>[];
  /** What is written under a rule that encrypts, with a key of ours or of the client's; undefined when nothing is. */
  readonly write: EncryptedWrite | undefined;
  /** Every SSE-C key that the request has to do with, the client's own among them. */
  readonly ssecKeys: readonly SseKey[];
  /**
   * `withheld`: the store knows no checksums, or it is a request of a multipart upload whose store gets no trailers.
   * Checksums of parts are mostly known at their ends, and CreateMultipartUpload does not say whether they will be: so no
   * request of the upload promises the store any. What comes is compared with its checksum here.
   */
  readonly checksums: 'sent' | 'withheld';
}

/** What is done with the SSE-C headers of one end of a request. */
export type Injection =
  /** The store is given these keys, one after the other until one fits; there is one only when the object is written. */
  | { readonly kind: 'inject'; readonly ring: readonly [SseKey, ...SseKey[]] }
  /** The client's own SSE-C headers go through. */
  | { readonly kind: 'client'; readonly ssecKey: SseKey }
  /** No SSE-C headers go to the store. */
  | { readonly kind: 'none' };

export interface CopySource {
  readonly bucket: string;
  readonly objectKey: string;
  readonly versionId: string | undefined;
  /** Did the client write a slash before the bucket? Policies compare the header as it is. */
  readonly slash: boolean;
  readonly upstream: Upstream;
  readonly match: Match;
  readonly ssec: Injection;
  /** Who signs where the source is. */
  readonly credentials: Credentials;
  /** Who copies: the store, or the proxy, which reads the source and writes it again. */
  readonly copy: 'store' | 'relay';
}

export interface EncryptedWrite {
  readonly bucket: string;
  readonly objectKey: string;
  readonly ssecKey: SseKey;
  /** That of the rule. */
  readonly prefix: string;
}

/** What a plan decides; the rest of it follows from that. */
export type Decided = Omit<Plan, 'write' | 'ssecKeys' | 'checksums'>;

/** The plan with what follows from it, so that nobody has to find it out again. */
export function complete(decided: Decided): Plan {
  const { ssec, source, operation, upstream } = decided;
  const ssecKeys = source ? [...keysIn(ssec), ...keysIn(source.ssec)] : keysIn(ssec);
  const untold = !upstream.provider.knowsChecksums || (operation.ofUpload && !getsTrailers(upstream));
  return { ...decided, write: encryptedWrite(decided), ssecKeys, checksums: untold ? 'withheld' : 'sent' };
}

/** Over TLS only: without it the checksum in a trailer would have to be signed. */
export function getsTrailers({ protocol, provider }: Upstream): boolean {
  return protocol === 'https:' && provider.trailers;
}

function keysIn(ssec: Injection): readonly SseKey[] {
  if (ssec.kind === 'inject') return ssec.ring;
  return ssec.kind === 'client' ? [ssec.ssecKey] : [];
}

function encryptedWrite({ operation, ssec, target, match }: Decided): EncryptedWrite | undefined {
  if (operation.ssec !== 'write' || ssec.kind === 'none' || target.shape !== 'object') return undefined;
  const rule = match.kind === 'rule' ? match.rule : undefined;
  // Where no rule encrypts, a key of the client's own is the client's affair.
  if (ssec.kind === 'client' && (!rule || rule.encryption.kind === 'off')) return undefined;
  const ssecKey = ssec.kind === 'inject' ? ssec.ring[0] : ssec.ssecKey;
  return { bucket: target.bucket, objectKey: target.objectKey, ssecKey, prefix: rule?.prefix ?? '' };
}
