import { admit } from '../../src/inject/admit.ts';
import type { AskApi } from '../../src/inject/api/cluster-api.ts';
import { applyPatch } from './apply-patch.ts';

export const IMAGE = 'registry.example/ssec-proxy:1';
export const NOW = new Date('2026-06-01T12:00:00Z');

export const CONFIG = `
listen:
  - address: 127.0.0.1:8080
    auth: none
admin: { address: "0.0.0.0:8990", open: true }
upstream:
  endpoint: https://s3.eu-central-1.amazonaws.com
  region: eu-central-1
  provider: aws
  credentials:
    accessKeyId: { file: /secrets/upstream/accessKeyId }
    secretAccessKey: { file: /secrets/upstream/secretAccessKey }
keys:
  app-2026: { file: /keys/app-2026 }
rules:
  - match: { bucket: app-data }
    encrypt: [app-2026]
drain: 20s
`;

/** What the config needs. */
export const SECRETS = `
secrets:
  - { name: app-ssec-keys, path: /keys }
  - { name: app-upstream, path: /secrets/upstream }
`;

export const SETTINGS = `${SECRETS}
endpoint: { containers: all }
`;

export const MAPS = '/api/v1/namespaces/shop/configmaps';

type Json = Record<string, unknown>;

export function profileMap(settings = SETTINGS, config = CONFIG): Json {
  return {
    kind: 'ConfigMap',
    metadata: { name: 'ssec-proxy-app', namespace: 'shop', resourceVersion: '1' },
    data: { 'inject.yaml': settings, 'config.yaml': config },
  };
}

/** An API that has one profile, app. */
export function apiWith(map: Json = profileMap()): AskApi {
  return async ({ path }) =>
    path === `${MAPS}/ssec-proxy-app` ? { status: 200, body: map } : { status: 404, body: {} };
}

/** As an API server sends a pod, with its defaults. */
export function pod(spec: Json = {}, metadata: Json = {}): Json {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      labels: { 'ssec-proxy.io/inject': 'app' },
      creationTimestamp: null,
      ...metadata,
    },
    spec: {
      containers: [{ name: 'web', image: 'web:1', terminationMessagePath: '/dev/termination-log' }],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 60,
      securityContext: {},
      ...spec,
    },
    status: {},
  };
}

function requestOf(object: Json, more: Json = {}): Json {
  return {
    uid: 'a-uid',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'shop',
    operation: 'CREATE',
    userInfo: { username: 'somebody' },
    object,
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    ...more,
  };
}

export function reviewOf(object: Json, more: Json = {}): string {
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: requestOf(object, more),
  });
}

export interface Admitted {
  readonly kind: 'left' | 'injected' | 'refused';
  /** The pod that comes out. */
  readonly pod: Pod;
  readonly message: string;
  readonly code: number;
  readonly warnings: readonly string[];
}

interface Named {
  readonly name: string;
  readonly [field: string]: unknown;
}

export interface Container extends Named {
  readonly env?: readonly (Named & { readonly value?: string })[];
  readonly volumeMounts?: readonly (Named & { readonly mountPath: string })[];
}

interface Pod {
  readonly metadata: { readonly annotations?: Record<string, string>; readonly [field: string]: unknown };
  readonly spec: {
    readonly initContainers: readonly Container[];
    readonly containers: readonly Container[];
    readonly volumes: readonly Named[];
    readonly [field: string]: unknown;
  };
}

interface Given {
  readonly ask?: AskApi;
  readonly version?: { major: number; minor: number } | undefined;
  readonly images?: readonly string[];
  readonly image?: string;
}

/** A pod in, a pod out. */
export async function admitted(object: object, given: Given = {}): Promise<Admitted> {
  const { ask = apiWith(), images = [], image = IMAGE } = given;
  const version = 'version' in given ? given.version : { major: 1, minor: 33 };
  const review = { uid: 'a-uid', namespace: 'shop', dryRun: false, pod: object as Json };
  const { verdict } = await admit(review, { ask, image, images, version: () => version, clock: () => NOW });
  const patch = verdict.kind === 'injected' ? verdict.patch : [];
  return {
    kind: verdict.kind,
    pod: applyPatch(object, patch) as Pod,
    message: verdict.kind === 'refused' ? verdict.message : '',
    code: verdict.kind === 'refused' ? verdict.code : 0,
    warnings: verdict.kind === 'injected' ? verdict.warnings : [],
  };
}
