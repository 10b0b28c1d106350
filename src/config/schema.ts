import { z } from 'zod';
import { KEY_FORMATS } from '../keys/format.ts';
import { PROVIDER_NAMES } from '../s3/providers.ts';
import { parseAddress } from './address.ts';
import { parseDuration } from './duration.ts';

/**
 * The one source of the config's types, defaults, structural checks, the options table and the JSON Schema. What
 * needs two fields at once, a file or the environment is checked elsewhere.
 */

const text = (what: string) => z.string().min(1, { error: 'must not be empty' }).describe(what);

const choice = <const T extends readonly [string, ...string[]]>(values: T, what: string) =>
  z.enum(values).describe(what);

const address = (what: string) =>
  z
    .string()
    .refine((value) => parseAddress(value) !== undefined, {
      error: 'must be "host:port" (an IPv6 host in brackets), as in "127.0.0.1:8443" or "[::1]:8443"',
    })
    .describe(what);

const duration = (what: string, byDefault: string) =>
  z
    .string({ error: 'must be a duration such as "500ms", "5s" or "2m"' })
    .refine((value) => parseDuration(value) !== undefined, {
      error: 'must be a duration from 1 ms to 24 h such as "500ms", "5s" or "2m"',
    })
    .default(byDefault)
    .describe(what);

const SecretRefSchema = z.union(
  [
    z.string().min(1, { error: 'must not be empty' }),
    z.strictObject({
      env: z.string().regex(/^[A-Za-z_]\w*$/, { error: 'must be the name of an environment variable' }),
    }),
    z.strictObject({ file: z.string().min(1, { error: 'must not be empty' }) }),
  ],
  { error: 'must be exactly one of a text, { env: NAME } or { file: PATH }' },
);

const secret = (what: string) => SecretRefSchema.describe(`${what} A text, { env: NAME } or { file: PATH }.`);

const credentials = {
  accessKeyId: secret('Access key id.'),
  secretAccessKey: secret('Secret access key.'),
};

const PERMISSIONS = {
  allow: z
    .array(
      z.strictObject({
        bucket: text('Bucket name, or a glob of * and ?.'),
        prefix: z.string().default('').describe('Prefix of the object keys.'),
        actions: z
          .array(z.enum(['read', 'write', 'list', 'delete']))
          .min(1)
          .default(['read', 'write', 'list', 'delete'])
          .describe('What may be done: read, write, list, delete.'),
      }),
    )
    .optional()
    .describe('What the client may do to objects; without it, everything in the buckets that rules name.'),
  admin: z
    .boolean()
    .default(false)
    .describe('Allows to make, remove and configure buckets (policy, lifecycle, versioning, …).'),
};

const ListenSchema = z.strictObject({
  address: address('Where to listen, as "host:port"; an IPv6 host in brackets.'),
  tls: z
    .strictObject({
      cert: text('Certificate chain, a PEM file.'),
      key: text('Private key of the certificate, a PEM file without a passphrase.'),
    })
    .optional()
    .describe('Certificate and key for HTTPS. Without it the listener speaks plain HTTP.'),
  insecure: z
    .boolean()
    .default(false)
    .describe(
      'Allows plain HTTP on an address that is not loopback: whoever can listen in reads the objects.',
    ),
  auth: choice(
    ['sigv4', 'none'],
    'How clients prove who they are; none only on loopback, for a sidecar.',
  ).default('sigv4'),
  admin: z
    .boolean()
    .default(false)
    .describe('With auth: none, what clients[].admin is for clients that have a name.'),
});

const UpstreamSchema = z.strictObject({
  endpoint: text('URL of the S3 store, as in https://s3.eu-central-1.amazonaws.com.'),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/, {
      error: 'must be a region such as "eu-central-1" (lower-case letters, digits and -)',
    })
    .describe('Region that requests to the store are signed for.'),
  provider: choice(PROVIDER_NAMES, 'Which store it is; generic assumes the least of it.').default('generic'),
  addressing: choice(
    ['path', 'virtual'],
    'Whether the bucket goes into the path or the host name; by default as the provider wants it.',
  ).optional(),
  ca: text('PEM file of the certificate authorities to trust instead of the system’s.').optional(),
  insecure: z
    .boolean()
    .default(false)
    .describe(
      'Allows an http:// endpoint: SSE-C keys then cross the network in clear. It never turns certificate checks off.',
    ),
  credentials: z.strictObject(credentials).describe('What requests to the store are signed with.'),
  timeouts: z
    .strictObject({
      connect: duration('Time to connect to the store, TLS included.', '5s'),
      headers: duration('Time from the end of a request to the headers of its response.', '120s'),
      idle: duration('Time without a byte in either direction.', '60s'),
      keepAlive: duration(
        'How long an idle connection is kept; must be shorter than the store keeps it.',
        '4s',
      ),
    })
    .prefault({})
    .describe('Timeouts towards the store.'),
});

const ClientSchema = z.strictObject({
  ...credentials,
  sessionToken: SecretRefSchema.optional().describe(
    'Of temporary credentials: the token that every request must bring. A text, { env: NAME } or { file: PATH }.',
  ),
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as "https://s3.example.com"' })
    .optional()
    .describe(
      'Under which URL others reach the proxy with links that this client presigns, where it differs from the Host that arrives.',
    ),
  upstream: z
    .union([z.literal('same'), z.strictObject(credentials)], {
      error: 'must be "same" or { accessKeyId, secretAccessKey }',
    })
    .optional()
    .describe(
      'What this client’s requests are signed with at the store: same (as at the proxy) or a pair of its own; ' +
        'by default upstream.credentials.',
    ),
  ...PERMISSIONS,
});

const KeySchema = z.strictObject({
  file: text('Key file.'),
  format: choice(
    KEY_FORMATS,
    'How the file holds the key; without it only a file of exactly 32 bytes is taken, as raw. ' +
      'velero takes the first 32 bytes of any file.',
  ).optional(),
  fingerprint: z
    .string()
    .regex(/^[0-9a-fA-F]{32}$/, { error: 'must be the 32 hex digits that keygen prints' })
    .optional()
    .describe('Fingerprint that the key must have, 32 hex digits.'),
});

const RuleSchema = z.strictObject({
  match: z
    .strictObject({
      bucket: text('Bucket name, or a glob of * and ?.'),
      prefix: z.string().default('').describe('Prefix of the object keys.'),
    })
    .describe('Which objects the rule is for. An exact bucket beats a glob, then the longest prefix wins.'),
  encrypt: z
    .union([z.literal('off'), z.array(z.string()).min(1, { error: 'must have at least one key id' })], {
      error: (issue) =>
        issue.input === false
          ? 'must be written off, not false'
          : 'must be a list of key ids, as in [backups-2026], or off',
    })
    .describe(
      'Ids of the SSE-C keys: the first encrypts, all of them are tried to read. off leaves objects plain.',
    ),
  clientHeaders: choice(
    ['reject', 'pass'],
    'What happens to a request that brings SSE-C headers of its own.',
  ).default('reject'),
  declassify: z
    .boolean()
    .default(false)
    .describe('With encrypt: off, allows copies from objects that another rule encrypts: they become plain.'),
});

const KeyIdSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

export const ConfigSchema = z
  .strictObject({
    listen: z.array(ListenSchema).min(1, { error: 'needs at least one listener' }).describe('Listeners.'),
    admin: z
      .strictObject({
        address: address(
          'Where /healthz and /readyz answer, over plain HTTP and without secrets; ' +
            '0.0.0.0:9090 in Kubernetes, where probes come from outside the pod.',
        ).default('127.0.0.1:9090'),
      })
      .prefault({})
      .describe('Address for probes.'),
    domains: z
      .array(z.string())
      .default([])
      .describe('Host names under which BUCKET.NAME addresses a bucket (virtual-host style).'),
    region: choice(
      ['any', 'strict'],
      'Which regions clients may sign for: any, or strictly upstream.region.',
    ).default('any'),
    sigv2: z
      .boolean()
      .default(false)
      .describe(
        'Takes signatures of version 2 (HMAC-SHA1) from clients too: in headers, presigned URLs and forms. They ' +
          'cover neither the body nor every parameter; only for tools that know no better.',
      ),
    upstream: UpstreamSchema.describe('The S3 store.'),
    clients: z.array(ClientSchema).default([]).describe('Who may use the proxy.'),
    keys: z
      .record(KeyIdSchema, KeySchema)
      .default({})
      .describe('SSE-C keys by id (letters, digits, ".", "_", "-").'),
    rules: z.array(RuleSchema).default([]).describe('Which objects are encrypted, and with which keys.'),
    default: choice(['deny', 'pass'], 'What happens to objects and buckets that no rule matches.').default(
      'deny',
    ),
    drain: duration('How long requests in flight may go on after SIGTERM.', '30s'),
    log: z
      .strictObject({
        level: choice(
          ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
          'Least severe level to log.',
        ).default('info'),
      })
      .prefault({})
      .describe('Log, JSON lines on standard output.'),
  })
  .describe('Configuration of ssec-proxy.');

export type Config = z.output<typeof ConfigSchema>;
export type SecretRef = z.output<typeof SecretRefSchema>;
export type CredentialRefs = Config['upstream']['credentials'];
