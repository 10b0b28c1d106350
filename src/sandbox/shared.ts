import type { Credentials } from '../secret.ts';
import type { SigningKeys } from '../sigv4/signing-keys.ts';
import type { Faults } from './faults.ts';
import type { WrongSignatures } from './obs/wrong-signatures.ts';
import type { Buckets } from './store/buckets.ts';
import type { DataDirectory } from './store/data.ts';

/** What all requests of one sandbox share. */
export interface Shared {
  readonly buckets: Buckets;
  readonly data: DataDirectory;
  readonly credentials: ReadonlyMap<string, Credentials>;
  readonly signingKeys: SigningKeys;
  readonly wrongSignatures: WrongSignatures;
  readonly region: string;
  readonly domains: readonly string[];
  readonly secure: boolean;
  readonly clock: () => Date;
  readonly faults: Faults;
  readonly onFailure: (error: unknown) => void;
}
