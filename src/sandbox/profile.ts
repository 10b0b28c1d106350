import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Target } from '../s3/target.ts';
import type { ChunkSigning } from '../sigv4/chunk-trailers.ts';
import type { Answer, Call } from './call.ts';
import type { Refused } from './refused.ts';
import type { Dialect, Rules } from './rules.ts';
import type { Shared } from './shared.ts';

/** Which store the sandbox is. */
export interface Profile {
  readonly name: ProfileName;
  readonly open: (shared: Shared, request: IncomingMessage) => Front;
  readonly rules: Rules;
}

export type ProfileName = 's3' | 'obs';

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

/** The identifiers of a response: in its headers and, for an error, in its document. */
interface ResponseIds {
  readonly requestId: string;
  readonly hostId: string;
  /** The requested path, as received. */
  readonly resource: string;
}
