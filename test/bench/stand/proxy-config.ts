import { BUCKET, CREDENTIALS, type Ground, REGION } from './ground.ts';

/** What a case changes in the proxy's config. */
export interface Variant {
  readonly provider?: string;
  readonly etag?: 'mark' | 'passthrough';
  /** Rules beside the one that matches, each for a bucket of its own. None by default. */
  readonly otherRules?: number;
  /** Which SSE-C keys the rule has, and how. The first alone by default. */
  readonly ring?: 'both' | 'derived';
  /** `off`: the rule encrypts nothing. */
  readonly encrypt?: 'off';
  readonly log?: string;
  /** `off`: nobody can see metrics and status. */
  readonly admin?: 'off';
  /** To a file in memory. */
  readonly audit?: true;
  /** The port of a collector of spans on loopback. */
  readonly collector?: number;
  /** `none`: whoever asks is believed. */
  readonly auth?: 'none';
  /** Fields of `upstream` and of the config as a whole that a case needs, as YAML. */
  readonly upstream?: string;
  readonly more?: string;
}

const RINGS = { both: '[first, second]', derived: '[{ key: first, derive: object }]' };

export function configText(
  ground: Ground,
  { port, storePort, folder }: { readonly port: number; readonly storePort: number; readonly folder: string },
  variant: Variant,
): string {
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  const pair = `{ accessKeyId: ${accessKeyId}, secretAccessKey: ${secretAccessKey.reveal()} }`;
  const ring = variant.ring ? RINGS[variant.ring] : '[first]';
  const others = Array.from(
    { length: variant.otherRules ?? 0 },
    (_, index) => `  - { match: { bucket: other-${index} }, encrypt: [first] }\n`,
  ).join('');
  return `listen:
  - address: "127.0.0.1:${port}"
    tls: { cert: ${ground.folder}/tls.crt, key: ${ground.folder}/tls.key }
    auth: ${variant.auth ?? 'sigv4'}
admin: ${variant.admin ?? '{ address: "127.0.0.1:0" }'}
upstream:
  endpoint: https://127.0.0.1:${storePort}
  region: ${REGION}
  provider: ${variant.provider ?? 'aws'}
  addressing: path
  etag: ${variant.etag ?? 'auto'}
  ca: ${ground.folder}/ca.pem
  credentials: ${pair}
${variant.upstream ?? ''}
clients:
  - ${pair}
keys:
  first: { file: 0.key }
  second: { file: 1.key }
rules:
  - { match: { bucket: ${BUCKET} }, encrypt: ${variant.encrypt ?? ring} }
${others}log: { level: ${variant.log ?? 'info'} }
${variant.audit ? `audit: { to: ${folder}/audit.log }\n` : ''}${variant.more ?? ''}
`;
}
