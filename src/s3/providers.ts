/**
 * What the stores do differently: data, a row a store, never branches. Sources: AWS, MinIO, OBS, Garage and
 * SeaweedFS from their documentation and sources; Ceph as observed on RGW 16.2.15. `generic` is the safe choice
 * for every figure; a figure that nobody has seen on the real store says "unverified".
 */
export interface Provider {
  readonly name: ProviderName;
  /** Does CopyObject and UploadPartCopy decrypt the source and encrypt the copy as the headers say? */
  readonly copiesSsec: boolean;
  /** May CompleteMultipartUpload and ListParts carry the SSE-C headers? */
  readonly trioOnComplete: boolean;
  /** Statuses that a read answers when the SSE-C key is not the object's. */
  readonly wrongKeyStatus: readonly number[];
  /** What a bucket is put into when the config does not say: the path or the host name. */
  readonly addressing: 'path' | 'virtual';
}

export const PROVIDER_NAMES = [
  'aws',
  'ceph',
  'minio',
  'obs',
  'garage',
  'seaweedfs',
  'hetzner',
  'generic',
] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = {
  aws: { name: 'aws', copiesSsec: true, trioOnComplete: true, wrongKeyStatus: [403], addressing: 'virtual' },
  // Plain → SSE-C copies answer 200 and store plaintext; copies of SSE-C objects answer 501.
  ceph: { name: 'ceph', copiesSsec: false, trioOnComplete: true, wrongKeyStatus: [400], addressing: 'path' },
  minio: { name: 'minio', copiesSsec: true, trioOnComplete: true, wrongKeyStatus: [403], addressing: 'path' },
  // OBS documents no SSE-C headers on Complete; its status for a wrong key and its copies are unverified.
  obs: {
    name: 'obs',
    copiesSsec: false,
    trioOnComplete: false,
    wrongKeyStatus: [400, 403],
    addressing: 'virtual',
  },
  // Copies are unverified.
  garage: {
    name: 'garage',
    copiesSsec: false,
    trioOnComplete: true,
    wrongKeyStatus: [400],
    addressing: 'path',
  },
  // Copies are unverified.
  seaweedfs: {
    name: 'seaweedfs',
    copiesSsec: false,
    trioOnComplete: true,
    wrongKeyStatus: [403],
    addressing: 'path',
  },
  // Hetzner runs Ceph and says that it cannot copy SSE-C objects.
  hetzner: {
    name: 'hetzner',
    copiesSsec: false,
    trioOnComplete: true,
    wrongKeyStatus: [400, 403],
    addressing: 'path',
  },
  generic: {
    name: 'generic',
    copiesSsec: false,
    trioOnComplete: true,
    wrongKeyStatus: [400, 403],
    addressing: 'path',
  },
};
