import * as z from '../zod.ts';
import { count, duration, text } from './scalars.ts';
import { secret } from './secret-ref.ts';

const segments = (what: string) =>
  z
    .string()
    .regex(/^(?!\.{1,2}(?:\/|$))[^/\s?#%\\\p{Cc}]+(?:\/(?!\.{1,2}(?:\/|$))[^/\s?#%\\\p{Cc}]+)*$/u, {
      error: 'must be a path such as "ssec-proxy/app", without "/" at its ends',
    })
    .describe(what);

/** How the proxy logs in. Exactly one must be present, which is checked elsewhere. */
export const vaultAuth = () =>
  ({
    token: secret('A token; the proxy renews it but cannot get a new one.').optional(),
    appRole: z
      .strictObject({
        roleId: secret('Role id.'),
        secretId: secret('Secret id.'),
        mount: segments('Mount path of the auth method.').default('approle'),
      })
      .optional()
      .describe('Logs in with AppRole.'),
    kubernetes: z
      .strictObject({
        role: text('Role in the vault.'),
        jwt: text('File with the token of the service account.').default(
          '/var/run/secrets/kubernetes.io/serviceaccount/token',
        ),
        mount: segments('Mount path of the auth method.').default('kubernetes'),
      })
      .optional()
      .describe('Logs in with the service account of the pod.'),
  }) as const;

export const vaultSchema = () =>
  z.strictObject({
    address: text('URL; https://, or http:// to an agent on this machine.'),
    namespace: z
      .string()
      .regex(/^[\w./-]+$/, { error: 'must be the path of a namespace' })
      .optional()
      .describe('Namespace.'),
    ca: text('PEM file of the certificate authorities to trust instead of the system’s.').optional(),
    timeout: duration('Time for one request to the vault.', '5s'),
    requests: count(
      'Requests to the vault at once, when keys are read. Few, since many replicas may start together; the others wait.',
      8,
      1000,
    ),
    auth: z.strictObject(vaultAuth()).describe('How the proxy logs in: exactly one of the following.'),
  });

/** The place of a key in a vault. */
export const vaultKeySchema = () =>
  z.strictObject({
    server: z.string().describe('Name of one of vaults.'),
    mount: segments('Mount path of the KV engine (version 2).').default('secret'),
    path: segments('Path of the secret in the engine.'),
    field: text('Field of the secret.').default('key'),
    version: z
      .int({ error: 'must be the number of a version' })
      .min(1, { error: 'must be the number of a version' })
      .optional()
      .describe('Version of the secret; the newest by default.'),
  });
