import { quoted } from '../shell.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** A command line of the AWS CLI for the store of the config. */
export function awsCommand(upstream: Upstream, ...words: readonly string[]): string {
  const endpoint = upstream.provider.name === 'aws' ? [] : ['--endpoint-url', endpointOf(upstream)];
  return ['aws', ...words, '--region', upstream.region, ...endpoint].map(quoted).join(' ');
}

export function endpointOf({ protocol, hostname, port, basePath }: Upstream): string {
  const name = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${protocol}//${name}:${port}${basePath}`;
}

/** The permissions that the proxy needs for a bucket, as a policy statement. */
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
