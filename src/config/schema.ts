import { z } from 'zod';
import { ClientSchema } from './schema/client.ts';
import { IdSchema, KeySchema } from './schema/key.ts';
import { ListenSchema } from './schema/listener.ts';
import { RuleSchema } from './schema/rule.ts';
import { address, choice, duration, pause } from './schema/scalars.ts';
import { UpstreamSchema } from './schema/upstream.ts';
import { VaultSchema } from './schema/vault.ts';

/**
 * The one source of the config's types, defaults, structural checks, the options table and the JSON Schema; a section
 * a file in schema/. What needs two fields at once, a file or the environment is checked elsewhere.
 */

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
      'Which regions clients may sign for: any, or strictly that of the upstream.',
    ).default('any'),
    sigv2: z
      .boolean()
      .default(false)
      .describe(
        'Takes signatures of version 2 (HMAC-SHA1) from clients too: in headers, presigned URLs and forms. They ' +
          'cover neither the body nor every parameter; only for tools that know no better.',
      ),
    upstream: UpstreamSchema.describe('The S3 store; of several, the default one.'),
    upstreams: z
      .record(IdSchema, UpstreamSchema)
      .default({})
      .describe('Further stores, by an id for rules to refer to; each with the fields of upstream.'),
    clients: z.array(ClientSchema).default([]).describe('Who may use the proxy.'),
    keys: z
      .record(IdSchema, KeySchema)
      .default({})
      .describe('SSE-C keys by id (letters, digits, ".", "_", "-").'),
    vaults: z
      .record(IdSchema, VaultSchema)
      .default({})
      .describe('Servers of HashiCorp Vault or OpenBao, by a name for keys to refer to.'),
    rules: z.array(RuleSchema).default([]).describe('Which objects are encrypted, and with which keys.'),
    default: choice(['deny', 'pass'], 'What happens to objects and buckets that no rule matches.').default(
      'deny',
    ),
    drain: duration('How long requests in flight may go on after SIGTERM.', '30s'),
    reload: z
      .strictObject({
        watch: pause(
          'How often the files that the config was read from are looked at, for a reload when one changed; ' +
            'off reloads at SIGHUP alone.',
          '10s',
        ),
        keys: pause(
          'How often keys in vaults and from commands are asked for again; off asks at a reload alone, ' +
            'and where a store can not be reached.',
          '5m',
        ),
      })
      .prefault({})
      .describe('Reloading.'),
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
export type { SecretRef } from './schema/secret-ref.ts';
export type CredentialRefs = Config['upstream']['credentials'];
