import { adminSchema } from './schema/admin.ts';
import { auditSchema } from './schema/audit.ts';
import { limitsSchema, timeoutsSchema } from './schema/bounds.ts';
import { clientSchema } from './schema/client.ts';
import { idSchema, keySchema } from './schema/key.ts';
import { listenSchema } from './schema/listener.ts';
import { memorySchema } from './schema/memory.ts';
import { metricsSchema } from './schema/metrics.ts';
import { namesSchema } from './schema/names.ts';
import { readySchema } from './schema/ready.ts';
import { ruleSchema } from './schema/rule.ts';
import { choice, duration, pause, size } from './schema/scalars.ts';
import { upstreamSchema } from './schema/upstream.ts';
import { vaultSchema } from './schema/vault.ts';
import { workersSchema } from './schema/workers.ts';
import * as z from './zod.ts';

/**
 * The only source of the config's types, defaults, structural checks, the options table and the JSON Schema. Each
 * section has a file in schema/. Checks that need two fields, a file or the environment are elsewhere.
 */

const makeSchema = () =>
  z
    .strictObject({
      listen: z.array(listenSchema()).min(1, { error: 'needs at least one listener' }).describe('Listeners.'),
      admin: adminSchema(),
      ready: readySchema(),
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
      upstream: upstreamSchema().describe('The S3 store; with several stores, the default one.'),
      upstreams: z
        .record(idSchema(), upstreamSchema())
        .default({})
        .describe('More stores, by an id that rules refer to; each has the fields of upstream.'),
      clients: z.array(clientSchema()).default([]).describe('Who may use the proxy.'),
      keys: z
        .record(idSchema(), keySchema())
        .default({})
        .describe('SSE-C keys by id (letters, digits, ".", "_", "-").'),
      vaults: z
        .record(idSchema(), vaultSchema())
        .default({})
        .describe('Servers of HashiCorp Vault or OpenBao, by a name that keys refer to.'),
      rules: z.array(ruleSchema()).default([]).describe('Which objects are encrypted, and with which keys.'),
      default: choice(
        ['deny', 'pass'],
        'What happens to requests for objects and buckets that no rule matches.',
      ).default('deny'),
      timeouts: timeoutsSchema(),
      limits: limitsSchema(),
      names: namesSchema(),
      memory: memorySchema(),
      drain: duration('How long requests in flight may continue after SIGTERM.', '30s'),
      drainIdle: pause(
        'How long, after SIGTERM, a connection without a request stays open for its next one, which is answered, and is the ' +
          'last on it. For replicas behind a load balancer that sends them nothing new by then. With off, such a connection ' +
          'ends at once, and a request that is on its way meets a closed connection.',
        'off',
      ),
      workers: workersSchema(),
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
      metrics: metricsSchema(),
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
      audit: auditSchema(),
    })
    .describe('Configuration of ssec-proxy.');

type ConfigSchema = ReturnType<typeof makeSchema>;

let last: WeakRef<ConfigSchema> | undefined;

/**
 * The schema, made when it is asked for: its 900 objects take 0.8 MiB, which nobody needs once a config has been read. While it is there,
 * all get the same one.
 */
export function configSchema(): ConfigSchema {
  const there = last?.deref();
  if (there) return there;
  const made = makeSchema();
  last = new WeakRef(made);
  return made;
}

export type Config = z.output<ConfigSchema>;
export type { SecretRef } from './schema/secret-ref.ts';
export type CredentialRefs = Config['upstream']['credentials'];
