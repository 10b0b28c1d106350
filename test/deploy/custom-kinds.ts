import { z } from 'zod';

/**
 * The custom kinds of the guides, and of their fields those that the guides use. `npm run test:guides` holds the manifests to the
 * whole definitions, as far as those can be fetched.
 */
const metadata = z.strictObject({ name: z.string(), namespace: z.string() });
const entry = z.strictObject({ name: z.string(), key: z.string() });
const pluginName = z.literal('barman-cloud.cloudnative-pg.io');

/** https://github.com/vmware-tanzu/velero/blob/v1.18.3/config/crd/v1/bases/velero.io_backupstoragelocations.yaml */
export const BackupStorageLocation = z.strictObject({
  apiVersion: z.literal('velero.io/v1'),
  kind: z.literal('BackupStorageLocation'),
  metadata,
  spec: z.strictObject({
    provider: z.literal('velero.io/aws'),
    default: z.boolean(),
    objectStorage: z.strictObject({ bucket: z.string(), caCertRef: entry }),
    credential: entry,
    // https://github.com/vmware-tanzu/velero-plugin-for-aws/blob/v1.14.3/backupstoragelocation.md: texts, all of them.
    config: z.strictObject({
      region: z.string(),
      s3Url: z.url(),
      s3ForcePathStyle: z.literal('true'),
      publicUrl: z.url(),
    }),
  }),
});

/**
 * https://github.com/cloudnative-pg/plugin-barman-cloud/blob/v0.15.0/config/crd/bases/barmancloud.cnpg.io_objectstores.yaml
 */
export const ObjectStore = z.strictObject({
  apiVersion: z.literal('barmancloud.cnpg.io/v1'),
  kind: z.literal('ObjectStore'),
  metadata,
  spec: z.strictObject({
    retentionPolicy: z.string().regex(/^[1-9][0-9]*[dwm]$/),
    configuration: z.strictObject({
      destinationPath: z.string(),
      endpointURL: z.url(),
      endpointCA: entry,
      s3Credentials: z.strictObject({ accessKeyId: entry, secretAccessKey: entry }),
    }),
  }),
});

/** https://github.com/cloudnative-pg/cloudnative-pg/tree/main/config/crd/bases */
const Cluster = z.strictObject({
  apiVersion: z.literal('postgresql.cnpg.io/v1'),
  kind: z.literal('Cluster'),
  metadata,
  spec: z.strictObject({
    instances: z.int().min(1),
    storage: z.strictObject({ size: z.string() }),
    plugins: z.array(
      z.strictObject({
        name: pluginName,
        isWALArchiver: z.boolean(),
        parameters: z.strictObject({ barmanObjectName: z.string() }),
      }),
    ),
  }),
});

const ScheduledBackup = z.strictObject({
  apiVersion: z.literal('postgresql.cnpg.io/v1'),
  kind: z.literal('ScheduledBackup'),
  metadata,
  spec: z.strictObject({
    // Six fields: seconds come first.
    schedule: z.string().regex(/^\S+(?: \S+){5}$/),
    backupOwnerReference: z.enum(['none', 'self', 'cluster']),
    cluster: z.strictObject({ name: z.string() }),
    method: z.literal('plugin'),
    pluginConfiguration: z.strictObject({ name: pluginName }),
  }),
});

/** https://github.com/longhorn/longhorn-manager/blob/master/k8s/crds.yaml */
export const BackupTarget = z.strictObject({
  apiVersion: z.literal('longhorn.io/v1beta2'),
  kind: z.literal('BackupTarget'),
  metadata,
  spec: z.strictObject({
    backupTargetURL: z.string().regex(/^s3:\/\/[^@/]+@[^@/]+\/$/),
    credentialSecret: z.string(),
    pollInterval: z.string(),
  }),
});

export const CUSTOM_KINDS = { BackupStorageLocation, ObjectStore, Cluster, ScheduledBackup, BackupTarget };
