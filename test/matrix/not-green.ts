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
];
