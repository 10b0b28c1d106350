import type { LookupFunction } from 'node:net';
import type { Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { Secret } from '../../src/secret.ts';
import { type Front, startFront } from '../adversary/support.ts';
import { ACCESS, REGION, startFixture } from '../sandbox/fixture.ts';
import type { testSsecKey } from './snapshot.ts';

const DOMAIN = 'obs.store.test';

interface Wanted {
  /** What the store is spoken to in; undefined for S3. */
  readonly dialect: Dialect | undefined;
  /** Bucket → its keys, or none. */
  readonly buckets: Readonly<Record<string, readonly [ReturnType<typeof testSsecKey>] | 'off'>>;
}

/** A store that is as strict as OBS's documents, and a proxy before it that takes the dialect of OBS too. */
export async function startBeforeObs(t: Test, { dialect, buckets }: Wanted): Promise<Front> {
  const { ca, cert, key } = await makeCertificates({ names: [DOMAIN, `*.${DOMAIN}`], addresses: [] });
  const { sandbox } = await startFixture(t, {
    profile: 'obs',
    domains: [DOMAIN],
    buckets: Object.keys(buckets),
    tls: { cert, key },
  });
  return await startFront(t, {
    port: sandbox.port,
    provider: PROVIDERS.obs,
    obs: true,
    sigv2: true,
    rules: Object.entries(buckets).map(([bucket, encrypt]) => ({ bucket, encrypt })),
    lookup: toLoopback,
    upstream: {
      protocol: 'https:',
      hostname: DOMAIN,
      ca,
      region: REGION,
      addressing: 'virtual',
      dialect,
      credentials: {
        accessKeyId: ACCESS.accessKeyId,
        secretAccessKey: new Secret(ACCESS.secretAccessKey),
      },
    },
  });
}

/** Every name is this machine. */
export const toLoopback: LookupFunction = (_name, options, done) => {
  if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};
