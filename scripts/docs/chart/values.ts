import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../pages.ts';
import { configSchema } from './config.ts';
import { InjectorSchema } from './injector.ts';
import { withRequired } from './required.ts';
import { CIDR, kubernetes, NAME, name, names, onlyIf, Port, Quantity } from './scalars.ts';

/**
 * The schema of the chart's values, which helm holds every install to: what is unknown is refused, and its part `config` is
 * the schema of the proxy's config. What needs two values is in the chart itself (templates/_problems.tpl).
 */
export function renderValuesSchema(): string {
  const schema = z.toJSONSchema(ValuesSchema, { target: 'draft-7', io: 'input' });
  const { config: _, ...properties } = schema.properties ?? {};
  const whole = { ...schema, properties: { config: configSchema(), ...properties } };
  const defaults = parse(readFileSync(join(ROOT, 'deploy/chart/values.yaml'), 'utf8'));
  return `${JSON.stringify(withRequired(whole, defaults), null, 2)}\n`;
}

const SecretName = z.strictObject({ secretName: name().optional() });

const Resources = z.strictObject({
  requests: z.strictObject({ cpu: Quantity, memory: Quantity }).partial().optional(),
  limits: z.strictObject({ cpu: Quantity, memory: Quantity }).partial().optional(),
});

const Monitor = z
  .strictObject({ enabled: z.boolean(), interval: z.string(), endpoint: kubernetes() })
  .partial();

const ValuesSchema = z
  .strictObject({
    nameOverride: name(),
    fullnameOverride: name(),
    fleet: onlyIf({}),
    kind: z.enum(['Deployment', 'DaemonSet']),
    replicas: z.int().min(0),
    image: z
      .strictObject({
        repository: z.string().regex(/^[^\s@]+$/),
        tag: z.string().regex(/^[\w.-]{0,128}$/),
        digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
        pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
        pullSecrets: z.array(z.strictObject({ name: name() })),
      })
      .partial(),
    config: z.unknown(),
    existingConfig: z
      .strictObject({
        configMap: name(),
        key: z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/),
        port: Port,
        tls: z.boolean(),
        adminPort: Port,
      })
      .partial(),
    keys: SecretName,
    tls: z
      .strictObject({
        secretName: name(),
        certManager: onlyIf({
          issuerRef: z.strictObject({ name: z.string(), kind: z.string(), group: z.string() }).partial(),
          dnsNames: z.array(z.string().min(1)),
          duration: z.string(),
          renewBefore: z.string(),
          privateKey: kubernetes(),
        }),
      })
      .partial(),
    secrets: z
      .record(z.string(), SecretName)
      .meta({ propertyNames: { pattern: '^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$' } }),
    externalSecrets: z
      .record(
        z.string(),
        z.strictObject({
          secretStoreRef: z.strictObject({ name: z.string().min(1), kind: z.string().optional() }),
          refreshInterval: z.string().optional(),
          data: z.array(kubernetes()).optional(),
          dataFrom: z.array(kubernetes()).optional(),
        }),
      )
      .meta({ propertyNames: { pattern: NAME } }),
    vault: z.strictObject({ audience: z.string(), expirationSeconds: z.int().min(600) }).partial(),
    serviceAccount: z.strictObject({ create: z.boolean(), name: name(), annotations: names() }).partial(),
    service: z
      .strictObject({
        type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
        port: Port.nullable(),
        annotations: names(),
        internalTrafficPolicy: z.enum(['Cluster', 'Local']),
        trafficDistribution: z.string(),
        loadBalancerClass: z.string(),
        loadBalancerSourceRanges: z.array(z.string().regex(CIDR)),
      })
      .partial(),
    autoscaling: onlyIf({
      minReplicas: z.int().min(1),
      maxReplicas: z.int().min(1),
      targetCPUUtilizationPercentage: z.int().min(1),
      metrics: z.array(kubernetes()),
      behavior: kubernetes(),
    }),
    podDisruptionBudget: onlyIf({
      maxUnavailable: z.union([z.int().min(1), z.string().regex(/^(100|[1-9][0-9]?)%$/)]),
    }),
    topologySpreadConstraints: z.array(kubernetes()).nullable(),
    affinity: kubernetes(),
    nodeSelector: names(),
    tolerations: z.array(kubernetes()),
    priorityClassName: name(),
    preStopSeconds: z.int().min(0).max(3600),
    terminationGracePeriodSeconds: z.int().min(1).nullable(),
    resources: Resources,
    podSecurityContext: kubernetes(),
    securityContext: kubernetes(),
    podAnnotations: names(),
    podLabels: names(),
    env: z.array(kubernetes()),
    envFrom: z.array(kubernetes()),
    volumes: z.array(kubernetes()),
    volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
    dnsConfig: kubernetes(),
    networkPolicy: onlyIf({
      clients: z.array(kubernetes()),
      admin: z.array(kubernetes()),
      egress: z
        .strictObject({
          to: z.array(
            z.strictObject({ cidrs: z.array(z.string().regex(CIDR)).min(1), ports: z.array(Port).min(1) }),
          ),
          dns: z.array(kubernetes()),
          extra: z.array(kubernetes()),
        })
        .partial(),
    }),
    monitoring: z
      .strictObject({
        labels: names(),
        podMonitor: Monitor,
        serviceMonitor: Monitor,
        prometheusRule: onlyIf({ without: z.array(z.string()) }),
        dashboard: onlyIf({ labels: names(), annotations: names(), namespace: name() }),
      })
      .partial(),
    verify: onlyIf({
      schedule: z.string().min(1),
      places: z
        .record(z.string(), z.string().regex(/^s3:\/\/./))
        .meta({ propertyNames: { pattern: '^[a-z0-9]([a-z0-9-]{0,16}[a-z0-9])?$' } }),
      args: z.array(z.string()),
      upstreamSecretName: name(),
      activeDeadlineSeconds: z.int().min(1),
      resources: Resources,
      reports: kubernetes(),
    }),
    tests: onlyIf({}),
    injector: InjectorSchema,
    // What helm hands to a chart that another one depends on.
    global: kubernetes(),
  })
  .partial();
