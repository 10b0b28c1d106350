import type { Credentials } from '../../secret.ts';

/** What the demo runs on: files in a folder that is removed when it ends, new each time. */
export interface Demo {
  readonly ca: string;
  readonly caFile: string;
  readonly proxyUrl: string;
  readonly storeUrl: string;
  readonly client: Credentials;
  readonly owner: Credentials;
  readonly region: string;
}
