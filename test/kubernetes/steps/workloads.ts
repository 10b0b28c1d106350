import { ON_KWOK } from '../cluster/kwok.ts';
import { APPS } from './profile.ts';

/** A pod as people write theirs: an init container, variables and a volume of its own. */
export function podSpec(restartPolicy: 'Always' | 'Never', more: object = {}): object {
  const securityContext = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  };
  const container = { image: 'example.invalid/app:1', securityContext };
  return {
    ...ON_KWOK,
    restartPolicy,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 20001,
      fsGroup: 20001,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    initContainers: [{ ...container, name: 'prepare' }],
    containers: [
      {
        ...container,
        name: 'app',
        env: [{ name: 'MODE', value: 'test' }],
        volumeMounts: [{ name: 'work', mountPath: '/work' }],
      },
      { ...container, name: 'helper' },
    ],
    volumes: [{ name: 'work', emptyDir: {} }],
    ...more,
  };
}

/** Each kind that makes pods, with these labels on its pods. */
export const WORKLOADS: Readonly<Record<string, (name: string, labels: object) => object>> = {
  Pod: (name, labels) => ({ ...head('v1', 'Pod', name, labels), spec: podSpec('Always') }),
  Job: (name, labels) => ({ ...head('batch/v1', 'Job', name), spec: job(labels) }),
  CronJob: (name, labels) => ({
    ...head('batch/v1', 'CronJob', name),
    spec: { schedule: '* * * * *', jobTemplate: { spec: job(labels) } },
  }),
  StatefulSet: (name, labels) => ({
    ...head('apps/v1', 'StatefulSet', name),
    spec: { serviceName: name, replicas: 2, ...selected(name, labels) },
  }),
  Deployment: (name, labels) => ({
    ...head('apps/v1', 'Deployment', name),
    spec: { replicas: 2, ...selected(name, labels) },
  }),
};

/** How many pods come of each, before a minute is over. */
export const EXPECTED: Readonly<Record<string, number>> = {
  Pod: 1,
  Job: 1,
  CronJob: 1,
  StatefulSet: 2,
  Deployment: 2,
};

function head(apiVersion: string, kind: string, name: string, labels: object = {}): object {
  return { apiVersion, kind, metadata: { name, namespace: APPS, labels } };
}

function job(labels: object): object {
  return { backoffLimit: 0, template: { metadata: { labels }, spec: podSpec('Never') } };
}

function selected(name: string, labels: object): object {
  const own = { app: name };
  return {
    selector: { matchLabels: own },
    template: { metadata: { labels: { ...own, ...labels } }, spec: podSpec('Always') },
  };
}
