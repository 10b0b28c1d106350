import type { Client } from '../client.ts';
import { awscli } from './awscli.ts';
import { barman } from './barman.ts';
import { boto3 } from './boto3.ts';
import { curl } from './curl.ts';
import { mc } from './mc.ts';
import { minioJs } from './minio-js.ts';
import { objstore } from './objstore.ts';
import { obs } from './obs.ts';
import { pgbackrest } from './pgbackrest.ts';
import { rclone } from './rclone.ts';
import { registry } from './registry.ts';
import { restic } from './restic.ts';
import { s3cmd } from './s3cmd.ts';
import { s5cmd } from './s5cmd.ts';
import { sdkJava } from './sdk-java.ts';
import { sdkJs } from './sdk-js.ts';
import { velero } from './velero.ts';

/** Every client of the matrix, in the order of its tables. */
export const CLIENTS: readonly Client[] = [
  ...awscli,
  ...boto3,
  ...sdkJs,
  ...sdkJava,
  ...minioJs,
  ...mc,
  ...rclone,
  ...restic,
  ...objstore,
  ...velero,
  ...registry,
  ...barman,
  ...pgbackrest,
  ...s3cmd,
  ...s5cmd,
  ...curl,
  ...obs,
];
