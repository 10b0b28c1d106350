import { parse } from 'yaml';
import { z } from 'zod';
import { BackupStorageLocation, ObjectStore } from '../deploy/custom-kinds.ts';
import { fileOf, objectOf } from '../deploy/guides.ts';
import type { Place } from './bench.ts';
import type { Target } from './client.ts';

/**
 * What the guides in deploy/examples give a client, with the matrix's endpoint, region, bucket and authority in the places of the
 * guide's. All else is the guide's, so that what users copy is what is tried.
 */
export function veleroLocation(
  { endpoint, region }: Target,
  { bucket, objectKey: prefix }: Place,
  caCert: string,
  more: Readonly<Record<string, string>> = {},
): unknown {
  const { spec, ...head } = BackupStorageLocation.parse(objectOf('velero', 'BackupStorageLocation'));
  // Without a cluster there is no Secret to refer to.
  const { caCertRef: _, ...objectStorage } = spec.objectStorage;
  const config = { ...spec.config, region, s3Url: endpoint, publicUrl: endpoint, ...more };
  return { ...head, spec: { ...spec, objectStorage: { ...objectStorage, bucket, prefix, caCert }, config } };
}

const ObjstoreSchema = z.strictObject({
  type: z.literal('S3'),
  config: z.looseObject({
    http_config: z.looseObject({ tls_config: z.strictObject({ ca_file: z.string() }) }),
  }),
});

/** @param more settings beside the guide's */
export function objstoreSettings(
  { authority, region, scheme, caFile }: Target,
  { bucket, objectKey: prefix }: Place,
  more: Readonly<Record<string, unknown>>,
): unknown {
  const { type, config } = ObjstoreSchema.parse(parse(fileOf('thanos', 'objstore.yaml')));
  const http_config = { ...config.http_config, tls_config: { ca_file: caFile } };
  const insecure = scheme === 'http' ? { insecure: true } : {};
  return {
    type,
    config: { ...config, bucket, endpoint: authority, region, http_config, ...insecure, ...more },
    prefix,
  };
}

const RegistrySchema = z.looseObject({
  storage: z.looseObject({ s3: z.looseObject({}) }),
  http: z.strictObject({ addr: z.string() }),
});

/** The whole config of a registry, and its parts that a test may change. */
export function registrySettings(
  { endpoint, region, scheme }: Target,
  { bucket, objectKey }: Place,
): z.output<typeof RegistrySchema> {
  const settings = RegistrySchema.parse(parse(fileOf('registry', 'registry.yaml')));
  const here = { regionendpoint: endpoint, region, bucket, secure: scheme === 'https' };
  const s3 = { ...settings.storage.s3, ...here, rootdirectory: `/${objectKey}` };
  return { ...settings, storage: { ...settings.storage, s3 } };
}

/** The variables of restic.env; its secrets are files of the matrix. */
export function resticVariables(
  { endpoint, region, secretAccessKey, accessKeyId }: Target,
  passwordFile: string,
): Record<string, string> {
  const lines = fileOf('host', 'restic.env').matchAll(/^(\w+)=(.*)$/gm);
  const guide = Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
  const repository = guide['RESTIC_REPOSITORY']?.replace('http://127.0.0.1:8080', endpoint) ?? '';
  return {
    ...guide,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: region,
    RESTIC_REPOSITORY: repository,
    RESTIC_PASSWORD_FILE: passwordFile,
  };
}

/** The text of rclone.conf, whose remote is `safe`. */
export function rcloneConfig({ endpoint, region, accessKeyId }: Target): string {
  return fileOf('host', 'rclone.conf')
    .replace(/^endpoint = .*$/m, `endpoint = ${endpoint}`)
    .replace(/^region = .*$/m, `region = ${region}`)
    .replace(/^access_key_id = .*$/m, `access_key_id = ${accessKeyId}`);
}

/** What the plugin of CloudNativePG makes of the ObjectStore: options of barman-cloud, and where it writes. */
export function barmanPlace({ endpoint }: Target, { bucket, objectKey }: Place): readonly string[] {
  const { endpointURL, destinationPath } = ObjectStore.parse(objectOf('cloudnativepg', 'ObjectStore')).spec
    .configuration;
  const destination = new URL(destinationPath);
  if (endpointURL === '' || destination.protocol !== 's3:')
    throw new Error('the guide has another destination');
  return ['--endpoint-url', endpoint, `s3://${bucket}${destination.pathname}${objectKey}`];
}
