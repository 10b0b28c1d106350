import type { Known } from './known.ts';

const COPIERS = [
  'awscli',
  'awscli-debian',
  'boto3',
  'boto3-debian',
  'sdk-js',
  'minio-js',
  'mc',
  'rclone',
  'rclone-debian',
  's3cmd',
  's3cmd-debian',
  's5cmd',
  'curl-debian',
];
const MOVERS = COPIERS.filter((client) => !/boto3|sdk-js|minio-js|curl/.test(client));

/** Every cell that is known not to be green. */
export const KNOWN: readonly Known[] = [
  {
    clients: COPIERS,
    stores: ['ceph'],
    actions: ['copy'],
    said: /NotImplemented|can't safely copy|501/,
    reason:
      'Ceph answers copies of SSE-C objects with 501 and stores a copy of a plain object in plain whatever key comes, so the proxy refuses both',
    cause: 'https://tracker.ceph.com/issues/23264',
  },
  {
    clients: MOVERS,
    stores: ['ceph'],
    actions: ['move'],
    said: /NotImplemented|can't safely copy|501/,
    reason: 'A move is a copy, and those are refused on Ceph; the source stays',
    cause: 'https://tracker.ceph.com/issues/23264',
  },
  {
    clients: ['awscli', 'awscli-debian', 'boto3', 'boto3-debian'],
    stores: ['minio', 'seaweedfs'],
    actions: ['copy'],
    said: /UploadPartCopy/,
    reason:
      'They copy what is large in parts; the store does not echo the SSE-C key of such a part (MinIO), or does not know such copies (SeaweedFS), so the proxy refuses them',
  },
  {
    clients: ['mc'],
    stores: ['seaweedfs'],
    actions: ['put-stream'],
    said: /did not match what we received/,
    reason:
      'SeaweedFS refuses the CRC32C of the whole that mc sends with CompleteMultipartUpload, without the proxy too',
  },
];
