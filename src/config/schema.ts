import { AdminSchema } from './schema/admin.ts';
import { AuditSchema } from './schema/audit.ts';
import { LimitsSchema, TimeoutsSchema } from './schema/bounds.ts';
import { ClientSchema } from './schema/client.ts';
import { IdSchema, KeySchema } from './schema/key.ts';
import { ListenSchema } from './schema/listener.ts';
import { MemorySchema } from './schema/memory.ts';
import { MetricsSchema } from './schema/metrics.ts';
import { NamesSchema } from './schema/names.ts';
import { ReadySchema } from './schema/ready.ts';
import { RuleSchema } from './schema/rule.ts';
import { choice, duration, pause, size } from './schema/scalars.ts';
import { UpstreamSchema } from './schema/upstream.ts';
import { VaultSchema } from './schema/vault.ts';
import { WorkersSchema } from './schema/workers.ts';
import * as z from './zod.ts';

/**
 * The only source of the config's types, defaults, structural checks, the options table and the JSON Schema. Each
 * section has a file in schema/. Checks that need two fields, a file or the environment are elsewhere.
 */

export const ConfigSchema = z
  .strictObject({
    listen: z.array(ListenSchema).min(1, { error: 'needs at least one listener' }).describe('Listeners.'),
    admin: AdminSchema,
    ready: ReadySchema,
    domains: z
      .array(z.string())
      .default([])
      .describe('Host names for virtual-hosted-style requests: BUCKET.NAME addresses a bucket.'),
    customDomains: z
      .record(z.string(), z.string())
      .default({})
      .describe(
        'Host names that are each the whole address of a bucket, by the name: its objects are addressed without the bucket.',
      ),
    region: choice(
      ['any', 'strict'],
      'Which regions clients may sign for: any, or strictly the region of the upstream.',
    ).default('any'),
    sigv2: z
      .boolean()
      .default(false)
      .describe(
        'Accepts signatures of version 2 (HMAC-SHA1) from clients too: in headers, presigned URLs and forms. They ' +
          'cover neither the body nor every parameter. Only for tools that support nothing newer.',
      ),
    obs: z
      .boolean()
      .default(false)
      .describe(
        'Speaks with the SDKs of Huawei OBS as OBS does: takes its signature (HMAC-SHA1) in headers, links and forms, ' +
          'and answers the request by which they ask for it. The signature covers neither the body nor every ' +
          'parameter. Only for tools that support nothing newer.',
      ),
    upstream: UpstreamSchema.describe('The S3 store; with several stores, the default one.'),
    upstreams: z
      .record(IdSchema, UpstreamSchema)
      .default({})
      .describe('More stores, by an id that rules refer to; each has the fields of upstream.'),
    clients: z.array(ClientSchema).default([]).describe('Who may use the proxy.'),
    keys: z
      .record(IdSchema, KeySchema)
      .default({})
      .describe('SSE-C keys by id (letters, digits, ".", "_", "-").'),
    vaults: z
      .record(IdSchema, VaultSchema)
      .default({})
      .describe('Servers of HashiCorp Vault or OpenBao, by a name that keys refer to.'),
    rules: z.array(RuleSchema).default([]).describe('Which objects are encrypted, and with which keys.'),
    default: choice(
      ['deny', 'pass'],
      'What happens to requests for objects and buckets that no rule matches.',
    ).default('deny'),
    timeouts: TimeoutsSchema,
    limits: LimitsSchema,
    names: NamesSchema,
    memory: MemorySchema,
    drain: duration('How long requests in flight may continue after SIGTERM.', '30s'),
    drainIdle: pause(
      'How long, after SIGTERM, a connection without a request stays open for its next one, which is answered, and is the ' +
        'last on it. For replicas behind a load balancer that sends them nothing new by then. With off, such a connection ' +
        'ends at once, and a request that is on its way meets a closed connection.',
      'off',
    ),
    workers: WorkersSchema,
    reload: z
      .strictObject({
        watch: pause(
          'How often to check the files of the config for a change, which reloads it; ' +
            'with off, only SIGHUP reloads.',
          '10s',
        ),
        keys: pause(
          'How often to fetch keys from vaults and commands again. With off, only a reload fetches them, ' +
            'and a retry when a key store is unreachable.',
          '5m',
        ),
      })
      .prefault({})
      .describe('Reloading.'),
    metrics: MetricsSchema,
    tracing: z
      .strictObject({
        objectKeys: z
          .boolean()
          .default(false)
          .describe('Object keys are attributes of spans too. Collectors keep what they are told.'),
      })
      .prefault({})
      .describe('Spans, which the standard variables OTEL_EXPORTER_OTLP_ENDPOINT and others switch on.'),
    log: z
      .strictObject({
        level: choice(
          ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
          'Lowest level to log.',
        ).default('info'),
        format: choice(
          ['auto', 'json', 'text', 's3'],
          'How lines look: json (an object a line), text (for people), or s3 (requests as in the server access logs of ' +
            'S3, all else as json). auto is text on a terminal, and json elsewhere.',
        ).default('auto'),
        sample: z
          .number({ error: 'must be a number from 0 to 1' })
          .min(0, { error: 'must be at least 0' })
          .max(1, { error: 'must be at most 1' })
          .default(1)
          .describe(
            'Which part of the requests that were served has a line: 0.01 is one in a hundred. All that were not served ' +
              'have one, and the audit log has every request.',
          ),
        buffer: size(
          'Bytes of log lines that may wait while standard output takes none. Further lines are dropped and counted, ' +
            'since a log that waits must take neither requests nor all memory with it. A line of a request has about 500 bytes.',
          '1MiB',
          ['64KiB', '64MiB'],
        ),
      })
      .prefault({})
      .describe('The log: JSON lines on standard output.'),
    audit: AuditSchema,
  })
  .describe('Configuration of ssec-proxy.');

export type Config = z.output<typeof ConfigSchema>;
export type { SecretRef } from './schema/secret-ref.ts';
export type CredentialRefs = Config['upstream']['credentials'];
