import { z } from 'zod';
import { IdSchema } from './key.ts';
import { text } from './scalars.ts';
import { credentials, SecretRefSchema } from './secret-ref.ts';

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

const SignerSchema = z.union([z.literal('same'), z.strictObject(credentials)], {
  error: 'must be "same" or { accessKeyId, secretAccessKey }',
});

export const ClientSchema = z.strictObject({
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
  upstream: SignerSchema.optional().describe(
    'What this client’s requests are signed with at the store: same (as at the proxy) or a pair of its own; ' +
      'by default upstream.credentials.',
  ),
  upstreams: z
    .record(IdSchema, SignerSchema)
    .default({})
    .describe('The same for each of upstreams, by its id; by default with that upstream’s credentials.'),
  ...PERMISSIONS,
});
