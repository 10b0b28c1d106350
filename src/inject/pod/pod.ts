import * as z from '../../config/zod.ts';
import { Refusal } from '../refusal.ts';

const amounts = z.record(z.string(), z.string()).nullish();
const resources = z.looseObject({ requests: amounts, limits: amounts }).nullish();

const ContainerSchema = z.looseObject({
  name: z.string(),
  restartPolicy: z.string().nullish(),
  resources,
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).nullish(),
  securityContext: z
    .looseObject({
      privileged: z.boolean().nullish(),
      capabilities: z.looseObject({ add: z.array(z.string()).nullish() }).nullish(),
    })
    .nullish(),
  volumeMounts: z.array(z.looseObject({ name: z.string() })).nullish(),
  ports: z.array(z.looseObject({ containerPort: z.number(), protocol: z.string().optional() })).nullish(),
});

const texts = z.record(z.string(), z.string()).nullish();

const NodeExpressionSchema = z.looseObject({
  key: z.string(),
  operator: z.string(),
  values: z.array(z.string()).nullish(),
});

/** What is looked at. The rest of a pod is carried along and never read. */
const PodSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string().optional(),
    generateName: z.string().optional(),
    labels: texts,
    annotations: texts,
  }),
  spec: z.looseObject({
    initContainers: z.array(ContainerSchema).nullish(),
    containers: z.array(ContainerSchema),
    resources,
    volumes: z
      .array(z.looseObject({ name: z.string(), hostPath: z.looseObject({ path: z.string() }).nullish() }))
      .nullish(),
    hostNetwork: z.boolean().nullish(),
    shareProcessNamespace: z.boolean().nullish(),
    automountServiceAccountToken: z.boolean().nullish(),
    hostPID: z.boolean().nullish(),
    nodeSelector: texts,
    affinity: z
      .looseObject({
        nodeAffinity: z
          .looseObject({
            requiredDuringSchedulingIgnoredDuringExecution: z
              .looseObject({
                nodeSelectorTerms: z.array(
                  z.looseObject({ matchExpressions: z.array(NodeExpressionSchema).nullish() }),
                ),
              })
              .nullish(),
          })
          .nullish(),
      })
      .nullish(),
    os: z.looseObject({ name: z.string() }).nullish(),
    securityContext: z.looseObject({ fsGroup: z.number().nullish() }).nullish(),
    terminationGracePeriodSeconds: z.number().nullish(),
  }),
});

export type Pod = z.output<typeof PodSchema>;
export type NodeExpression = z.output<typeof NodeExpressionSchema>;
export type Container = z.output<typeof ContainerSchema>;

/** @throws Refusal */
export function readPod(object: unknown): Pod {
  const parsed = PodSchema.safeParse(object);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.map(String).join('.');
  throw new Refusal(400, `the pod can't be read: ${path} is not what Kubernetes has there`);
}

/** The lists of containers that are there from the start, with their places. */
export function containersOf({ spec }: Pod): readonly {
  readonly list: 'initContainers' | 'containers';
  readonly index: number;
  readonly container: Container;
}[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ list, index, container })),
  );
}
