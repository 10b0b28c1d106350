import * as z from '../zod.ts';
import { idSchema } from './key.ts';
import { text } from './scalars.ts';
import { credentials, secretRefSchema } from './secret-ref.ts';

const ACTIONS = ['read', 'write', 'list', 'delete', 'deleteVersions', 'acl', 'unlock'] as const;

const permissions = () => ({
  allow: z
    .array(
      z.strictObject({
        bucket: text('Bucket name, or a glob of * and ?.'),
        prefix: z.string().default('').describe('Prefix of the object keys.'),
        actions: z
          .array(z.enum(ACTIONS))
          .min(1)
          .optional()
          .describe(
            'The allowed actions: read, write, list, delete, which are the default (of an anonymous client: read); and those that have to be named: deleteVersions ' +
              '(delete a version for good), acl (open objects to others than the account), unlock (bypass a retention, ' +
              'lift a legal hold).',
          ),
      }),
    )
    .optional()
    .describe(
      'What the client may do to objects; by default, everything but acl and unlock in the buckets that rules name.',
    ),
  admin: z
    .boolean()
    .default(false)
    .describe(
      'Allows the client to create, delete and configure buckets (policy, lifecycle, versioning, …); includes acl.',
    ),
});

const signerSchema = () =>
  z.union([z.literal('same'), z.strictObject(credentials())], {
    error: 'must be "same" or { accessKeyId, secretAccessKey }',
  });

const CERTIFICATE = 'must be a name with its kind, as in DNS:app.example.com (or URI:, email:, IP:, CN:)';

export const clientSchema = () =>
  z.strictObject({
    accessKeyId: credentials()
      .accessKeyId.optional()
      .describe('Access key id; required unless anonymous. A string, { env: NAME } or { file: PATH }.'),
    secretAccessKey: credentials()
      .secretAccessKey.optional()
      .describe('Secret access key; required unless anonymous. A string, { env: NAME } or { file: PATH }.'),
    anonymous: z
      .boolean()
      .default(false)
      .describe(
        'Stands for everybody who sends requests without any signature: they may get objects, and list them where ' +
          'that is named, as allow says, which is required. The entry has nothing but allow.',
      ),
    sessionToken: secretRefSchema()
      .optional()
      .describe(
        'For temporary credentials: the session token that every request must have. A string, { env: NAME } or { file: PATH }.',
      ),
    certificate: z
      .string({ error: CERTIFICATE })
      .regex(/^(?:DNS|URI|email|IP|CN):./, { error: CERTIFICATE })
      .optional()
      .describe(
        'A name that the client certificate of the connection must have too, as DNS:app.example.com, URI:spiffe://…, ' +
          'email:…, IP:… or CN:…; it needs a listener with tls.clientCa. Links of this client need it as well.',
      ),
    publicUrl: z
      .url({ protocol: /^https?$/, error: 'must be a URL such as "https://s3.example.com"' })
      .optional()
      .describe(
        'The public URL of the proxy in links that this client presigns, if it differs from the Host header that the proxy receives.',
      ),
    upstream: signerSchema()
      .optional()
      .describe(
        'The credentials that sign this client’s requests at the store: same (as at the proxy) or a pair of its own; ' +
          'by default upstream.credentials.',
      ),
    upstreams: z
      .record(idSchema(), signerSchema())
      .default({})
      .describe('The same for each of upstreams, by its id; by default that upstream’s credentials.'),
    ...permissions(),
  });
