import type { Known } from './known.ts';

/** Every cell that is known not to be green. */
export const KNOWN: readonly Known[] = [
  {
    clients: ['mc'],
    stores: ['seaweedfs'],
    actions: ['put-stream'],
    said: /did not match what we received/,
    reason:
      'SeaweedFS refuses the CRC32C of the whole that mc sends with CompleteMultipartUpload, without the proxy too',
  },
  {
    clients: ['registry', 'registry-debian'],
    stores: ['seaweedfs'],
    actions: [
      'put',
      'put-large',
      'put-stream',
      'get',
      'get-large',
      'range',
      'head',
      'list',
      'link',
      'copy',
      'move',
      'delete',
      'sync',
    ],
    said: /NoSuchUpload|RequestFailure|upload invalid|_UNKNOWN|says undefined/,
    reason:
      'The registry goes on with uploads that it finds by ListMultipartUploads, and SeaweedFS takes any key for a part, so the proxy lets no such upload go on',
  },
];
