import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Target } from '../s3/target.ts';
import type { ChunkSigning } from '../sigv4/chunk-trailers.ts';
import type { Answer, Call } from './call.ts';
import type { Shared } from './handle.ts';
import type { Refused } from './refused.ts';
import type { ResponseIds } from './reply.ts';

/** Which store the sandbox is. */
export interface Profile {
  readonly name: ProfileName;
  readonly open: (shared: Shared, request: IncomingMessage) => Front;
  readonly rules: Rules;
}

export type ProfileName = 's3' | 'obs';

/** `s3`: `x-amz-` names. `obs`: `x-obs-` names. Operations know the former only, but for documents that differ. */
export type Dialect = 's3' | 'obs';

/** One request and its response, in the words of the client. */
export interface Front {
  readonly dialect: Dialect;
  readonly ids: ResponseIds;
  /** Headers of every response. */
  readonly common: Readonly<Record<string, string>>;
  /** The request, verified and in the words of S3. @throws Refused */
  readonly admit: () => Admitted;
  /** The response in the words of the client. */
  readonly worded: (answer: Answer) => Answer;
  /** What a HEAD says of its error, which has no document. */
  readonly silently: (error: Refused) => Readonly<Record<string, string>>;
}

export interface Admitted {
  readonly operation: string;
  readonly handler: Handler;
  readonly headers: IncomingHttpHeaders;
  readonly target: Target;
  /** How the chunks of the body are signed, should it come in chunks. */
  readonly chunks: ChunkSigning;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

/** Why a key does not fit: to an object that is read, or to the upload that a part belongs to. */
export type Unfit = 'missing' | 'wrong' | 'needless' | 'of-a-part-unlike' | 'of-a-part-other';

/** What the stores do differently behind their words. */
export interface Rules {
  /** Every part but the last has at least this many bytes. */
  readonly minPart: number;
  /** For names and values of the user metadata together, in bytes. */
  readonly maxMetadata: number;
  readonly newUploadId: () => string;
  /** The ETag of what is encrypted with a customer's key. */
  readonly sealedEtag: 'random' | 'ciphertext';
  /** Does it encrypt with keys of its own as well, and by default where a bucket says so? */
  readonly managed: boolean;
  /** May a body come without its length? */
  readonly unknownLengths: boolean;
  readonly unfitKey: (why: Unfit) => Refused;
  /** Is a write allowed by the policy of its bucket? @throws Refused */
  readonly checkPolicy: (call: Call) => void;
}
