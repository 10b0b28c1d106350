import { z } from 'zod';
import type { PodTemplate } from './pods.ts';

/**
 * What a pod has against Pod Security's `restricted` standard, for the fields that the chart writes.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function restrictedFaults({ spec }: PodTemplate): readonly string[] {
  const host = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => Object.hasOwn(spec, field));
  const volumes = spec.volumes.flatMap(({ name, ...source }) =>
    Object.keys(source).every((kind) => VOLUMES.has(kind))
      ? []
      : [`volume ${name}: ${Object.keys(source).join()}`],
  );
  const pod = PodContext.safeParse(spec.securityContext).success ? [] : ['securityContext of the pod'];
  const containers = [...spec.initContainers, ...spec.containers].flatMap(
    ({ name, ports, securityContext }) => [
      ...(ContainerContext.safeParse(securityContext).success ? [] : [`securityContext of ${name}`]),
      ...(ports.some((port) => Object.hasOwn(port, 'hostPort')) ? [`hostPort of ${name}`] : []),
    ],
  );
  return [...host, ...volumes, ...pod, ...containers];
}

const VOLUMES: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const PodContext = z.strictObject({
  runAsNonRoot: z.literal(true),
  runAsUser: z.int().min(1),
  runAsGroup: z.int().min(1),
  fsGroup: z.int().min(1),
  seccompProfile: z.strictObject({ type: z.enum(['RuntimeDefault', 'Localhost']) }),
});

const ContainerContext = z.strictObject({
  allowPrivilegeEscalation: z.literal(false),
  // Beyond the standard: nothing writes there.
  readOnlyRootFilesystem: z.literal(true),
  runAsNonRoot: z.literal(true),
  capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
});
