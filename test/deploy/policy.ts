import { z } from 'zod';

const Labels = z.record(z.string(), z.string());

/** All that a NetworkPolicy of ours may say: what is not here would not be looked at. */
const PolicySchema = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('NetworkPolicy'),
  metadata: z.strictObject({ name: z.string(), namespace: z.string().optional() }),
  spec: z.strictObject({
    podSelector: z.strictObject({ matchLabels: Labels }),
    policyTypes: z.array(z.string()),
    ingress: z.array(
      z.strictObject({
        from: z
          .array(z.strictObject({ namespaceSelector: z.strictObject({ matchLabels: Labels }) }))
          .optional(),
        ports: z.array(z.strictObject({ port: z.union([z.string(), z.number()]) })),
      }),
    ),
  }),
});

/** The one NetworkPolicy among the objects of an example. @throws Error when there is none, or it says more */
export function readPolicy(objects: readonly { readonly kind: string }[]): z.output<typeof PolicySchema> {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  if (policies.length !== 1) throw new Error(`there are ${policies.length} network policies`);
  return PolicySchema.parse(policies[0]);
}
