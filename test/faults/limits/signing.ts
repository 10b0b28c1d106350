import { Secret } from '../../../src/secret.ts';
import { presign } from '../../../src/sigv4/sign.ts';

const NAMES = ['good', 'slow'] as const;

/** Two clients, each with limits of its own, as they stand in the config. */
export const CLIENTS = NAMES.map((accessKeyId) => ({ accessKeyId, secretAccessKey: secretOf(accessKeyId) }));

/** A target with a signature in its query: what is sent needs no more. */
export function link(method: string, path: string, accessKeyId: (typeof NAMES)[number]): string {
  return presign(
    { method, path, host: 'localhost' },
    {
      credentials: { accessKeyId, secretAccessKey: new Secret(secretOf(accessKeyId)) },
      region: 'eu-test-1',
      now: new Date(),
    },
  );
}

function secretOf(accessKeyId: string): string {
  return `${accessKeyId}-secret-for-tests`;
}
