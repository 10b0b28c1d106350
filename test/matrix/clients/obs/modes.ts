import type { Target } from '../../client.ts';
import { DOMAIN } from '../../proxy.ts';

/** How an SDK is told to sign, and where it puts the bucket. */
export interface Mode {
  readonly signature: 'obs' | 'v2' | 'v4';
  readonly addressing: 'virtual-host' | 'path';
}

/** `obs` is negotiated where the SDK negotiates. With path style none does, and all of them sign as they are told. */
export const MODES = {
  obs: { signature: 'obs', addressing: 'virtual-host' },
  v2: { signature: 'v2', addressing: 'path' },
  v4: { signature: 'v4', addressing: 'path' },
} as const satisfies Record<string, Mode>;

/** What the drivers find in their environment. */
export function environment(target: Target, mode: Mode): Record<string, string> {
  return {
    HOME: target.folder,
    // Nothing is written beside the drivers.
    PYTHONDONTWRITEBYTECODE: '1',
    OBS_ENDPOINT: endpointOf(target, mode),
    OBS_REGION: target.region,
    OBS_ACCESS_KEY_ID: target.accessKeyId,
    OBS_SECRET_ACCESS_KEY: target.secretAccessKey,
    OBS_CA: target.caFile,
    OBS_SIGNATURE: mode.signature,
    OBS_ADDRESSING: mode.addressing,
  };
}

/** Where forms for a bucket go. */
export function bucketUrl(target: Target, mode: Mode, bucket: string): string {
  const url = new URL(endpointOf(target, mode));
  if (mode.addressing === 'path') url.pathname = `/${bucket}`;
  else url.hostname = `${bucket}.${url.hostname}`;
  return url.href;
}

function endpointOf({ endpoint }: Target, { addressing }: Mode): string {
  return addressing === 'path' ? endpoint : endpoint.replace('localhost', DOMAIN);
}
