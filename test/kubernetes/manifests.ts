import { BUCKET, CLIENT, MINIO, STORE, type Stand } from './stand.ts';

/** Passes PodSecurity `restricted`, as every pod of the tests has to. */
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};
const POD_RESTRICTED = {
  runAsNonRoot: true,
  runAsUser: 10002,
  runAsGroup: 10002,
  fsGroup: 10002,
  seccompProfile: { type: 'RuntimeDefault' },
};

export function namespace(name: string): object {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export function secret(
  namespace: string,
  name: string,
  stringData: Readonly<Record<string, string>>,
): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData };
}

/** The bytes of an SSE-C key are no text. */
export function keySecret(namespace: string, name: string, keys: Readonly<Record<string, Buffer>>): object {
  const data = Object.fromEntries(Object.entries(keys).map(([id, bytes]) => [id, bytes.toString('base64')]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data };
}

/** MinIO over TLS with nothing in it, as Deployment and Service. */
export function minio({ tls, store }: Stand): readonly object[] {
  const labels = { app: 'minio' };
  const metadata = { name: 'minio', namespace: 'store' };
  return [
    namespace('store'),
    secret('store', 'minio', {
      'public.crt': tls.cert,
      'private.key': tls.key,
      MINIO_ROOT_USER: store.accessKeyId,
      MINIO_ROOT_PASSWORD: store.secretAccessKey,
    }),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            securityContext: POD_RESTRICTED,
            containers: [
              {
                name: 'minio',
                image: MINIO,
                args: ['server', '--quiet', '--certs-dir', '/certs', '--address', ':9000', '/data'],
                env: [
                  ...['MINIO_ROOT_USER', 'MINIO_ROOT_PASSWORD'].map((key) => ({
                    name: key,
                    valueFrom: { secretKeyRef: { name: 'minio', key } },
                  })),
                  { name: 'HOME', value: '/data' },
                ],
                ports: [{ name: 'https', containerPort: 9000 }],
                readinessProbe: {
                  httpGet: { path: '/minio/health/ready', port: 'https', scheme: 'HTTPS' },
                  periodSeconds: 1,
                },
                securityContext: RESTRICTED,
                volumeMounts: [
                  { name: 'certs', mountPath: '/certs', readOnly: true },
                  { name: 'data', mountPath: '/data' },
                ],
              },
            ],
            volumes: [
              {
                name: 'certs',
                secret: {
                  secretName: 'minio',
                  defaultMode: 0o400,
                  items: ['public.crt', 'private.key'].map((key) => ({ key, path: key })),
                },
              },
              { name: 'data', emptyDir: {} },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 9000, targetPort: 'https' }] },
    },
  ];
}

export interface Asking {
  readonly namespace: string;
  readonly name: string;
  readonly command: readonly string[];
  readonly image?: string;
  readonly as: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Files that it finds in /files. */
  readonly files?: string;
}

/** The template of a pod with a real S3 client that ends by itself. */
export function clientTemplate(asking: Asking): { metadata: object; spec: object } {
  const { command, image = CLIENT, as, env = {}, labels = {}, files } = asking;
  const all = {
    HOME: '/tmp',
    AWS_REGION: 'us-east-1',
    // What the AWS CLI reads.
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_ACCESS_KEY_ID: as.accessKeyId,
    AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
    AWS_CA_BUNDLE: '/ca/ca.crt',
    ...env,
  };
  return {
    metadata: { labels },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: POD_RESTRICTED,
      containers: [
        {
          name: 'client',
          image,
          command,
          env: Object.entries(all).map(([name, value]) => ({ name, value })),
          securityContext: RESTRICTED,
          volumeMounts: [
            { name: 'tmp', mountPath: '/tmp' },
            { name: 'ca', mountPath: '/ca', readOnly: true },
            ...(files === undefined ? [] : [{ name: 'files', mountPath: '/files', readOnly: true }]),
          ],
        },
      ],
      volumes: [
        { name: 'tmp', emptyDir: {} },
        { name: 'ca', configMap: { name: 'ca' } },
        ...(files === undefined ? [] : [{ name: 'files', configMap: { name: files } }]),
      ],
    },
  };
}

export function configMap(namespace: string, name: string, data: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** The part of a config that says what is in front of the store here, for rules of one bucket. */
export function proxyConfig({ client }: Stand, keyIds: readonly string[]): object {
  return {
    upstream: {
      endpoint: STORE,
      region: 'us-east-1',
      provider: 'minio',
      addressing: 'path',
      ca: '/secrets/ca/ca.crt',
      credentials: {
        accessKeyId: { file: '/secrets/upstream/accessKeyId' },
        secretAccessKey: { file: '/secrets/upstream/secretAccessKey' },
      },
    },
    clients: [
      { accessKeyId: client.accessKeyId, secretAccessKey: { file: '/secrets/clients/client' }, admin: true },
    ],
    keys: Object.fromEntries(keyIds.map((id) => [id, { directory: { path: '/keys', name: id } }])),
    rules: [{ match: { bucket: BUCKET }, encrypt: keyIds }],
  };
}
