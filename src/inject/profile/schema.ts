import * as z from '../../config/zod.ts';
import { parseQuantity } from './quantity.ts';

const QUANTITY = 'must be a quantity of Kubernetes in quotes, such as "50m" or "128Mi"';

const quantity = z
  .string({ error: QUANTITY })
  .max(32, { error: QUANTITY })
  .refine((text) => parseQuantity(text) !== undefined, { error: QUANTITY });

const amounts = z.strictObject({
  cpu: quantity.optional(),
  memory: quantity.optional(),
  'ephemeral-storage': quantity.optional(),
});

const SECRET = 'must be the name of a Secret: small letters, digits, "-" and "."';
const PATH = 'must be an absolute path without "." or ".." in it, such as /keys';
const VARIABLE = 'must be the name of an environment variable';
const CONTAINER = 'must be the name of a container: small letters, digits and "-"';

const SecretMountSchema = z.strictObject({
  name: z
    .string({ error: SECRET })
    .max(253, { error: SECRET })
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, { error: SECRET }),
  path: z
    .string({ error: PATH })
    .max(253, { error: PATH })
    .regex(/^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/, { error: PATH }),
});

const OTHERS = 'must be a variable for the endpoint of S3, and this one means something else';

/** What an image, its loader or an SDK reads for other ends. Each client has a name of its own for its endpoint. */
const OTHER_MEANING =
  /^(?:PATH|HOME|LD_\w+|NODE_OPTIONS|KUBERNETES_\w+|\w+_PROXY|AWS_(?!\w*ENDPOINT)\w+|AWS_IGNORE_\w+|AWS_ENDPOINT_URL_(?!S3$)\w+)$/i;

const EndpointSchema = z.strictObject({
  variable: z
    .string({ error: VARIABLE })
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: VARIABLE })
    .refine((name) => !OTHER_MEANING.test(name), { error: OTHERS })
    .default('AWS_ENDPOINT_URL'),
  containers: z.union(
    [
      z.literal('all'),
      z
        .array(
          z
            .string({ error: CONTAINER })
            .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, { error: CONTAINER }),
        )
        .min(1),
    ],
    { error: 'must be all, or a list of names of containers' },
  ),
});

/** `inject.yaml` of a profile: how the sidecar is made. */
export const SettingsSchema = z.strictObject(
  {
    secrets: z
      .array(SecretMountSchema, { error: 'must be a list of { name, path }' })
      .max(32, { error: 'must be at most 32' })
      .default([]),
    endpoint: EndpointSchema.optional(),
    resources: z.strictObject({ requests: amounts.optional(), limits: amounts.optional() }).optional(),
    image: z.string({ error: 'must be the name of an image' }).min(1).max(512).optional(),
  },
  { error: 'must be a section with secrets, endpoint, resources or image' },
);

export type Settings = z.output<typeof SettingsSchema>;
