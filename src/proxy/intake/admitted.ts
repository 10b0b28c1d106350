import type { Permissions } from '../../clients/permissions.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { Success } from '../../forms/success.ts';
import type { Target } from '../../s3/target.ts';
import type { Credentials } from '../../secret.ts';
import type { ChunkSigning } from '../../sigv4/chunk-trailers.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Message } from '../message.ts';

/** A request that was let in, without what was its signature alone. */
export interface Admitted {
  readonly caller: Caller;
  readonly target: Target;
  readonly message: Message;
  /** How the chunks of its body are signed, should it come in chunks. */
  readonly chunks: ChunkSigning;
  /** What the client speaks, where that is not S3: the message and the target are internal all the same. */
  readonly dialect?: Dialect;
  /** How to answer when this stands for a POST of a form, and its file is stored. */
  readonly form?: Success;
}

/** Who is asking. */
export interface Caller {
  /** Access key id, or what stands for nobody in particular. */
  readonly name: string;
  /** What the caller's requests are signed with at an upstream. */
  readonly signer: (upstream: Upstream) => Credentials;
  readonly permissions: Permissions;
  /** As in `Client`. */
  readonly certificate?: string | undefined;
}
