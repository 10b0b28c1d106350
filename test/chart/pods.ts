import { z } from 'zod';
import type { Rendered } from './helm.ts';

const PortSchema = z.union([z.string(), z.number()]);
const ProbeSchema = z.looseObject({
  httpGet: z.object({ path: z.string(), port: PortSchema, scheme: z.enum(['HTTP', 'HTTPS']) }),
  periodSeconds: z.number(),
  timeoutSeconds: z.number(),
  failureThreshold: z.number().default(3),
});

const ContainerSchema = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()).default([]),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  ports: z.array(z.looseObject({ name: z.string(), containerPort: z.number() })).default([]),
  readinessProbe: ProbeSchema.optional(),
  livenessProbe: ProbeSchema.optional(),
  lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }) }).optional(),
  resources: z.looseObject({ limits: z.looseObject({ memory: z.string() }) }),
  securityContext: z.looseObject({}).optional(),
  volumeMounts: z
    .array(z.looseObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) }))
    .default([]),
});

const PodSchema = z.looseObject({
  serviceAccountName: z.string(),
  terminationGracePeriodSeconds: z.number().default(30),
  securityContext: z.looseObject({}).optional(),
  initContainers: z.array(ContainerSchema).default([]),
  containers: z.array(ContainerSchema).min(1),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
});

const TemplateSchema = z.looseObject({
  metadata: z.looseObject({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: PodSchema,
});

export type Container = z.output<typeof ContainerSchema>;
export type PodTemplate = z.output<typeof TemplateSchema>;

const FORMS = {
  Deployment: z
    .looseObject({ spec: z.looseObject({ template: TemplateSchema }) })
    .transform(({ spec }) => spec.template),
  DaemonSet: z
    .looseObject({ spec: z.looseObject({ template: TemplateSchema }) })
    .transform(({ spec }) => spec.template),
  CronJob: z
    .looseObject({
      spec: z.looseObject({
        jobTemplate: z.looseObject({ spec: z.looseObject({ template: TemplateSchema }) }),
      }),
    })
    .transform(({ spec }) => spec.jobTemplate.spec.template),
  Pod: TemplateSchema,
} as const;

/** The pods that an object makes or is; none for most kinds. */
export function podsOf(object: Rendered): readonly PodTemplate[] {
  return Object.hasOwn(FORMS, object.kind) ? [FORMS[object.kind as keyof typeof FORMS].parse(object)] : [];
}

/** The pod that serves, by its Deployment or DaemonSet. @throws Error when there is none */
export function servingPod(objects: readonly Rendered[]): PodTemplate {
  const workload = objects.find(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet');
  const [pod] = workload ? podsOf(workload) : [];
  if (!pod) throw new Error('nothing serves');
  return pod;
}

/** The container of the program. */
export function programOf({ spec }: PodTemplate): Container {
  const container = spec.containers.find(({ name }) => name === 'ssec-proxy');
  if (!container) throw new Error('there is no container ssec-proxy');
  return container;
}

/** The config in its ConfigMap; undefined when the values name another one. */
export function configOf(objects: readonly Rendered[]): string | undefined {
  const ConfigMap = z.looseObject({ data: z.looseObject({ 'config.yaml': z.string() }) });
  const found = objects.map((object) => ConfigMap.safeParse(object)).find(({ success }) => success);
  return found?.data?.data['config.yaml'];
}
