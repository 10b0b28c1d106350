import { quoted } from '../shell.ts';
import type { Upstream } from '../snapshot/snapshot.ts';

/** A line for the AWS CLI, which goes to the store of the config. */
export function awsCommand(upstream: Upstream, ...words: readonly string[]): string {
  const endpoint = upstream.provider.name === 'aws' ? [] : ['--endpoint-url', endpointOf(upstream)];
  return ['aws', ...words, '--region', upstream.region, ...endpoint].map(quoted).join(' ');
}

export function endpointOf({ protocol, hostname, port, basePath }: Upstream): string {
  const name = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${protocol}//${name}:${port}${basePath}`;
}

/** What the proxy needs at a bucket, as a statement of a policy. */
export function policyStatement(bucket: string): string {
  const arn = `arn:aws:s3:::${bucket}`;
  return JSON.stringify({
    Effect: 'Allow',
    Action: [
      's3:ListBucket',
      's3:GetObject',
      's3:PutObject',
      's3:DeleteObject',
      's3:AbortMultipartUpload',
      's3:ListBucketMultipartUploads',
      's3:ListMultipartUploadParts',
    ],
    Resource: [arn, `${arn}/*`],
  });
}
