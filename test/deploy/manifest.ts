import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const SecuritySchema = z.looseObject({}).optional();

const ProbeSchema = z.looseObject({ httpGet: z.object({ path: z.string(), port: z.string() }) });

const ContainerSchema = z.looseObject({
  name: z.string(),
  image: z.string(),
  restartPolicy: z.string().optional(),
  args: z.array(z.string()).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  startupProbe: ProbeSchema.optional(),
  readinessProbe: ProbeSchema.optional(),
  livenessProbe: ProbeSchema.optional(),
  lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }) }).optional(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  securityContext: SecuritySchema,
  volumeMounts: z.array(
    z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) }),
  ),
});

const PodSchema = z.looseObject({
  terminationGracePeriodSeconds: z.number(),
  securityContext: SecuritySchema,
  initContainers: z.array(ContainerSchema).default([]),
  containers: z.array(ContainerSchema),
  volumes: z.array(
    z.looseObject({
      name: z.string(),
      configMap: z.object({ name: z.string() }).optional(),
      secret: z.object({ secretName: z.string(), defaultMode: z.number() }).optional(),
    }),
  ),
});

const ObjectSchema = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });

type Container = z.output<typeof ContainerSchema>;
type Pod = z.output<typeof PodSchema>;
type KubernetesObject = z.output<typeof ObjectSchema>;

export interface Example {
  /** The file as it stands, and behind it that of the proxy which it needs. */
  readonly text: string;
  readonly objects: readonly KubernetesObject[];
  readonly pod: Pod;
  /** The container of the proxy. */
  readonly proxy: Container;
  /** The config in the ConfigMap, as text. */
  readonly config: string;
}

/** The proxy that verify.yaml looks after, and the ConfigMap that both mount. */
const PROXY = 'service.yaml';
const CONFIG = 'service-config.yaml';

/** Reads an example of `deploy/examples`. As Kubernetes does, by YAML 1.1: `0400` is octal. */
export function readExample(name: string): Example {
  const own = objectsOf(textOf(name));
  const hasConfig = own.some(({ kind }) => kind === 'ConfigMap');
  const objects = hasConfig ? own : [...own, ...objectsOf(textOf(CONFIG))];
  const text = hasConfig || name === PROXY ? textOf(name) : `${textOf(name)}${textOf(PROXY)}`;
  const pod = podOf(objects);
  const proxy = [...pod.initContainers, ...pod.containers].find(
    (container) => container.name === 'ssec-proxy',
  );
  if (!proxy) throw new Error(`${name} has no container ssec-proxy`);
  return { text, objects, pod, proxy, config: configOf(objects) };
}

function textOf(name: string): string {
  return readFileSync(new URL(`../../deploy/examples/${name}`, import.meta.url), 'utf8');
}

function objectsOf(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => {
    const [problem] = document.errors;
    if (problem) throw problem;
    return ObjectSchema.parse(document.toJS());
  });
}

function podOf(objects: readonly KubernetesObject[]): Pod {
  const Deployment = z.looseObject({ spec: z.looseObject({ template: z.looseObject({ spec: PodSchema }) }) });
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  const cronJob = objects.find(({ kind }) => kind === 'CronJob');
  if (cronJob) {
    const Job = z.looseObject({ spec: z.looseObject({ jobTemplate: Deployment }) });
    return Job.parse(cronJob).spec.jobTemplate.spec.template.spec;
  }
  if (deployment) return Deployment.parse(deployment).spec.template.spec;
  return z.looseObject({ spec: PodSchema }).parse(objects.find(({ kind }) => kind === 'Pod')).spec;
}

function configOf(objects: readonly KubernetesObject[]): string {
  const ConfigMap = z.looseObject({ data: z.object({ 'config.yaml': z.string() }) });
  return ConfigMap.parse(objects.find(({ kind }) => kind === 'ConfigMap')).data['config.yaml'];
}
