import { createHash } from 'node:crypto';
import type { Client } from '../../src/clients/client.ts';
import type { Permissions } from '../../src/clients/permissions.ts';
import { SseKey } from '../../src/keys/key.ts';
import type { Ring, RingEntry } from '../../src/keys/ring.ts';
import type { ListenerSettings } from '../../src/listener/settings.ts';
import { compileRules, type Rule } from '../../src/rules/match.ts';
import { PROVIDERS, type ProviderName } from '../../src/s3/providers.ts';
import { type Credentials, Secret } from '../../src/secret.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { loadTransport } from '../../src/upstream/transports.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';

interface TestRule {
  readonly bucket: string;
  readonly prefix?: string;
  /** The ring, newest first. */
  readonly encrypt: 'off' | readonly [SseKey | RingEntry, ...(SseKey | RingEntry)[]];
  readonly plainReads?: 'allow' | 'deny';
  readonly clientHeaders?: 'reject' | 'pass';
  readonly foreignUploads?: 'deny' | 'allow';
  readonly declassify?: boolean;
  readonly upstream?: string;
}

interface Settings {
  readonly rules?: readonly TestRule[];
  readonly default?: 'deny' | 'pass';
  readonly provider?: ProviderName;
  readonly upstream?: Partial<Upstream>;
  readonly upstreams?: Snapshot['upstreams'];
  readonly domains?: readonly string[];
  readonly region?: 'any' | 'strict';
  readonly customDomains?: Snapshot['customDomains'];
  readonly sigv2?: boolean;
  readonly obs?: boolean;
  readonly clients?: readonly Client[];
  readonly listeners?: readonly ListenerSettings[];
}

/** An SSE-C key of bytes that are the same in every run and a secret of nobody. */
export function testSsecKey(id: string): SseKey {
  return new SseKey(id, createHash('sha256').update(`test key ${id}`).digest());
}

export function testCredentials(accessKeyId: string): Credentials {
  return { accessKeyId, secretAccessKey: new Secret(`secret of ${accessKeyId} for tests`) };
}

/** May do whatever the rules name. */
export const EVERYTHING: Permissions = { admin: true, grants: 'all' };

export function testClient(accessKeyId: string, upstream: Credentials): Client {
  return {
    ...testCredentials(accessKeyId),
    signers: new Map([['upstream', upstream]]),
    permissions: EVERYTHING,
  };
}

/** Other defaults of an upstream: test/combinations/. */
const DEFAULTS = JSON.parse(process.env.UPSTREAM_DEFAULTS ?? '{}') as Partial<Upstream>;
// The config loads it where it names it; these snapshots come from no config.
if (DEFAULTS.transport !== undefined) await loadTransport(DEFAULTS.transport);

/** A snapshot with what a test says of it; everything else is plausible: AWS over HTTPS, path style. */
export function snapshotOf(settings: Settings = {}): Snapshot {
  return {
    listeners: settings.listeners ?? [],
    admin: undefined,
    domains: settings.domains ?? [],
    region: settings.region ?? 'any',
    customDomains: settings.customDomains,
    sigv2: settings.sigv2 ?? false,
    obs: settings.obs ?? false,
    upstream: {
      name: 'upstream',
      protocol: 'https:',
      hostname: 's3.example.org',
      port: 443,
      basePath: '',
      region: 'eu-test-1',
      addressing: 'path',
      provider: PROVIDERS[settings.provider ?? 'aws'],
      etags: PROVIDERS[settings.provider ?? 'aws'].etag === 'opaque' ? 'marked' : 'as-is',
      signer: 'own',
      ca: undefined,
      credentials: testCredentials('upstream'),
      transport: 'direct',
      // Plenty: a busy machine is no silent store.
      timeouts: { connect: 60_000, headers: 60_000, idle: 60_000, document: 60_000, keepAlive: 10_000 },
      limits: { connections: 256, queue: 256, wait: 60_000 },
      ...DEFAULTS,
      ...settings.upstream,
    },
    upstreams: settings.upstreams ?? new Map(),
    clients: new Map((settings.clients ?? []).map((client) => [client.accessKeyId, client])),
    rules: compileRules((settings.rules ?? []).map(toRule), settings.default ?? 'deny'),
    ssecKeys: [],
    limits: { drain: 1000 },
  };
}

/** A key alone is one that encrypts objects itself, and always has. */
export function ringOf([first, ...older]: readonly [SseKey | RingEntry, ...(SseKey | RingEntry)[]]): Ring {
  const entryOf = (one: SseKey | RingEntry): RingEntry => (one instanceof SseKey ? { ssecKey: one } : one);
  return [entryOf(first), ...older.map(entryOf)];
}

function toRule(
  {
    bucket,
    prefix = '',
    encrypt,
    plainReads = 'deny',
    clientHeaders = 'reject',
    foreignUploads = 'deny',
    declassify = false,
    upstream,
  }: TestRule,
  index: number,
): Rule {
  return {
    name: `rules[${index}]`,
    bucket,
    prefix,
    encryption: encrypt === 'off' ? { kind: 'off' } : { kind: 'ssec', ring: ringOf(encrypt) },
    plainReads,
    clientHeaders,
    foreignUploads,
    declassify,
    upstream,
  };
}
