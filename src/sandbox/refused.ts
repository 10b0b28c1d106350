import { S3Error } from '../s3/errors.ts';

/** What a client is told of an error: a code, its status, and further elements of the document. */
export interface Refused extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** An error with a code that S3 doesn't have. */
export class StoreError extends Error implements Refused {
  override readonly name = 'StoreError';
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    { status, fields = {} }: { status: number; fields?: Readonly<Record<string, string>> },
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

export function isRefused(error: unknown): error is Refused {
  return error instanceof S3Error || error instanceof StoreError;
}
