import type { Permissions } from '../../clients/permissions.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { RuleSet } from '../../rules/match.ts';

/** By what a client's document is judged. */
export interface Judging {
  /** Those of the caller. */
  readonly permissions: Permissions;
  readonly rules: RuleSet;
  /** What the client speaks. */
  readonly dialect: Dialect;
  /** Waits until there is room for so many bytes. @throws S3Error SlowDown */
  readonly hold: (bytes: number) => Promise<void>;
}
