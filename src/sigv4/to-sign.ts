import type { CanonicalForm } from '../s3/canonical-value.ts';
import type { Credentials } from '../secret.ts';

/** A request that goes to the store, before it is signed. */
export interface ToSign {
  readonly method: string;
  /** Path and query, encoded; no query name twice. */
  readonly path: string;
  /** Lower-case name → value with one character a byte, with `host` and `x-amz-content-sha256`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Which of them are signed; by default all of them. */
  readonly covers?: (name: string) => boolean;
}

/** For whom it is signed, and how. */
export interface SignBy {
  readonly credentials: Credentials;
  readonly region: string;
  readonly now: Date;
  /** How the verifier writes values; by default as this proxy does. */
  readonly form?: CanonicalForm;
  /** Which code signs, by default our own. Both make the same signatures. */
  readonly signer?: 'own' | 'aws4';
}
