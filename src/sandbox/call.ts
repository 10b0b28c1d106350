import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { S3Error, type S3ErrorCode } from '../s3/errors.ts';
import type { Target } from '../s3/target.ts';
import type { ChunkSigning } from '../sigv4/chunk-trailers.ts';
import type { Dialect, Rules } from './rules.ts';
import type { Buckets } from './store/buckets.ts';
import type { DataDirectory } from './store/data.ts';

/** What an operation works on: an authenticated request and the store. */
export interface Call {
  readonly request: IncomingMessage;
  /** In which words the client speaks; its headers and parameters are in those of S3 already. */
  readonly dialect: Dialect;
  readonly rules: Rules;
  /** Its name. */
  readonly operation: string;
  readonly headers: IncomingHttpHeaders;
  readonly target: Target;
  /** How the chunks of the body are signed, should it come in chunks. */
  readonly chunks: ChunkSigning;
  /** Whether the request may carry SSE-C keys: it came over TLS, or the sandbox was told not to mind. */
  readonly secure: boolean;
  readonly now: Date;
  readonly buckets: Buckets;
  readonly data: DataDirectory;
  readonly region: string;
  readonly owner: string;
  /** Sends `100 Continue` if the client waits for it; call it just before the body is read. */
  readonly invite: () => void;
}

/** The response of an operation. A string body is an XML document. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
}

/** An error whose response carries headers too, such as `x-amz-delete-marker`. */
export class Refusal extends S3Error {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: S3ErrorCode,
    message: string,
    { headers, fields = {} }: { headers: Record<string, string>; fields?: Record<string, string> },
  ) {
    super(code, message, { fields });
    this.headers = headers;
  }
}

/** A header's value; empty counts as absent, and Node has joined repeated ones with commas. */
export function headerOf(call: Pick<Call, 'headers'>, name: string): string | undefined {
  const value = call.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function bucketName(call: Call): string {
  if (call.target.shape === 'service') throw new Error('the operation table let a request without bucket in');
  return call.target.bucket;
}

export function objectKeyOf(call: Call): string {
  if (call.target.shape !== 'object') throw new Error('the operation table let a request without key in');
  return call.target.objectKey;
}

/**
 * An integer of the query between `least` and `most`, or `fallback` when it is not there.
 * @throws S3Error InvalidArgument
 */
export function integerOf(
  call: Call,
  name: string,
  { least, most, fallback }: { least: number; most: number; fallback: number },
): number {
  const text = call.target.query.get(name);
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new S3Error('InvalidArgument', `Provided ${name} not an integer or within integer range`, {
    fields: { ArgumentName: name, ArgumentValue: text },
  });
}
