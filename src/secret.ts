import { inspect } from 'node:util';

/** A secret that cannot print: JSON, template strings and `util.inspect` all give `[redacted]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. Call it only where the bytes are used, never to build a message. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}

/** An S3 access key pair, for a client of the proxy or for the proxy at the upstream. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}
