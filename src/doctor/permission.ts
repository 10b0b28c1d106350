import type { ProviderName } from '../s3/providers.ts';
import { quoted } from '../shell.ts';
import type { Upstream } from '../upstream/upstream.ts';

/**
 * How to let the credentials of the config work in a bucket: each store has its own way.
 * @param more actions beyond those that the proxy always needs
 */
export function permission(upstream: Upstream, bucket: string, more: readonly string[] = []): string {
  return ADVICE[upstream.provider.name](upstream, bucket, policy(upstream, bucket, more));
}

type Advice = (upstream: Upstream, bucket: string, policy: string) => string;

/** For stores that know the policies of AWS, or some of them. */
const BY_POLICY: Advice = ({ name }, _bucket, text) => `allow ${name}.credentials: ${text}`;

const ADVICE: Readonly<Record<ProviderName, Advice>> = {
  aws: BY_POLICY,
  generic: ({ name }, _bucket, text) =>
    `allow ${name}.credentials to list the bucket and to read, write and delete its objects; at a store with the policies of AWS: ${text}`,
  minio: ({ name }, _bucket, text) => `attach a policy to the user of ${name}.credentials: ${text}`,
  // https://docs.ceph.com/en/latest/radosgw/bucketpolicy/
  ceph: ({ name }, _bucket, text) =>
    `use credentials of the bucket's owner as ${name}.credentials, or let the owner allow their user in the bucket's policy: ${text}`,
  obs: ({ name }, bucket) =>
    `let the IAM user of ${name}.credentials list the bucket ${bucket} and read, write and delete its objects (a policy with obs:bucket:ListBucket and obs:object:*)`,
  // https://garagehq.deuxfleurs.fr/documentation/reference-manual/cli/
  garage: ({ credentials }, bucket) =>
    ['garage', 'bucket', 'allow', '--read', '--write', bucket, '--key', credentials.accessKeyId]
      .map(quoted)
      .join(' '),
  // https://github.com/seaweedfs/seaweedfs/wiki/Amazon-S3-API
  seaweedfs: ({ credentials }, bucket) =>
    `in weed shell, for the user of ${credentials.accessKeyId}: s3.configure -user NAME -buckets ${quoted(bucket)} -actions Read,Write,List -apply`,
  hetzner: ({ name }) => `use the keys of the project that the bucket is in as ${name}.credentials`,
};

/** What the proxy needs at a bucket, as statements of a policy: some actions are those of the bucket, others of objects. */
function policy({ hostname }: Upstream, bucket: string, more: readonly string[]): string {
  const partition = hostname.endsWith('.amazonaws.com.cn') ? 'aws-cn' : 'aws';
  const arn = `arn:${partition}:s3:::${bucket}`;
  const isOfBucket = (action: string): boolean =>
    /^s3:(?:List(?!MultipartUploadParts)|GetEncryption)/.test(action);
  const actions = [...new Set([...ACTIONS, ...more])];
  return JSON.stringify([
    { Effect: 'Allow', Action: actions.filter(isOfBucket), Resource: arn },
    { Effect: 'Allow', Action: actions.filter((action) => !isOfBucket(action)), Resource: `${arn}/*` },
  ]);
}

const ACTIONS = [
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:GetObject',
  's3:PutObject',
  's3:DeleteObject',
  's3:AbortMultipartUpload',
  's3:ListMultipartUploadParts',
];
