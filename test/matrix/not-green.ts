import type { Known } from './known.ts';

/** What the proxy says of a hash that is not that of the body. */
const HASH_OF_NOTHING = /ContentSHA256/;
const EMPTY_HASH =
  'With SigV4 the SDK sends the hash of nothing with every body, which the proxy refuses as Amazon S3 would; it works with the OBS signature, and with V2';

/** Every cell that is known not to be green. */
export const KNOWN: readonly Known[] = [
  {
    clients: ['mc'],
    stores: ['seaweedfs'],
    actions: ['put-stream'],
    said: /did not match what we received/,
    reason:
      'Since 4.48 SeaweedFS wants the checksum of the parts that mc sends with CompleteMultipartUpload to end with their number, without the proxy too',
    cause: 'https://github.com/seaweedfs/seaweedfs/pull/11403',
  },
  {
    clients: ['objstore'],
    stores: ['seaweedfs'],
    actions: ['check'],
    said: /got: \[\]string\{"id1\/", "id2\/", "obj_5\.some"\}/,
    reason:
      'SeaweedFS lists a common prefix for some time after its last object was deleted, without the proxy too',
    cause: 'https://github.com/seaweedfs/seaweedfs/issues/9810',
  },
  {
    clients: ['pgbackrest'],
    stores: ['seaweedfs'],
    actions: ['delete'],
    said: /directory not empty/,
    reason:
      'SeaweedFS goes on listing the folders of objects that were deleted, so pgBackRest can create no stanza under the name of a deleted one for some time, without the proxy too',
    cause: 'https://github.com/seaweedfs/seaweedfs/issues/9810',
  },
  {
    clients: ['registry-debian'],
    stores: ['seaweedfs'],
    actions: ['delete'],
    said: /has the tags doomed, v1, v2/,
    reason:
      'SeaweedFS goes on listing the folder of a tag that was deleted, and the old registry goes by that, without the proxy too',
    cause: 'https://github.com/seaweedfs/seaweedfs/issues/1637',
  },
  {
    clients: ['sdk-java-1'],
    stores: ['sandbox', 'ceph', 'minio', 'seaweedfs', 'garage'],
    actions: ['put-stream'],
    schemes: ['http'],
    said: /^Failed to reset the input stream/,
    reason:
      'To sign a stream of unknown length the client reads it to its end and goes back, which it can for 128 KiB; it fails before it connects to anything',
    cause: 'https://github.com/aws/aws-sdk-java/issues/1181',
  },
  {
    clients: ['awscli-debian'],
    stores: ['garage'],
    actions: ['copy'],
    said: /Unimplemented action: GetObjectTagging/,
    reason:
      'To copy in parts version 2 asks for the tags of the source, of which Garage knows none; without the proxy too. It works with --copy-props metadata-directive',
    cause: 'https://garagehq.deuxfleurs.fr/documentation/reference-manual/s3-compatibility',
  },
  {
    clients: ['minio-js'],
    stores: ['versitygw'],
    actions: ['list', 'delete'],
    said: /has besides .*c plus|should be gone/,
    reason:
      'Version 1.8.0 of the gateway leaves encoding-type=url out, as its answer shows, and minio-js decodes the object keys all the same, without the proxy too',
  },
  {
    clients: ['sdk-java-1'],
    stores: ['garage'],
    actions: ['copy'],
    said: /Map\$Entry\.getValue\(\)" is null/,
    reason:
      'To copy in parts the client wants the source to have a Content-Type; Garage gives none to an object that was stored without, without the proxy too',
    cause: 'https://github.com/aws/aws-sdk-java/issues/3156',
  },
  {
    clients: ['registry'],
    stores: ['garage'],
    actions: ['list', 'delete'],
    said: /has the tags in place of v1, v2/,
    reason:
      'Since version 3 the registry lists tags from behind its root directory, which is before them, and Garage ends the list at the first object that is none; without the proxy too. It works with an empty root directory',
    cause: 'https://github.com/distribution/distribution/issues/4932',
  },
  {
    clients: ['obs-java-v4'],
    stores: ['sandbox', 'sandbox-obs'],
    actions: ['put', 'put-large', 'checksums', 'delete', 'awkward', 'parts', 'encryption'],
    said: HASH_OF_NOTHING,
    reason: EMPTY_HASH,
  },
  {
    clients: ['obs-java-v4'],
    stores: ['sandbox-obs'],
    actions: ['append', 'acl'],
    said: HASH_OF_NOTHING,
    reason: EMPTY_HASH,
  },
  {
    clients: ['obs-python-v4', 'obs-go-v4', 'obs-java-v4'],
    stores: ['sandbox', 'sandbox-obs'],
    actions: ['put-stream'],
    said: /MissingContentLength/,
    reason:
      'A request with SigV4 is one of S3, which wants to know the length of a body; with the OBS signature, and with V2, the SDK sends the same stream',
  },
  {
    clients: ['obs-go-v4'],
    stores: ['sandbox', 'sandbox-obs'],
    actions: ['awkward'],
    said: /NoSuchKey/,
    reason:
      'The SDK writes a space in a copy source as `+`, which with SigV4 is a plus; with the OBS signature, and with V2, it is a space',
  },
  {
    clients: ['obs-python', 'obs-nodejs-v2', 'obs-go', 'obs-java'],
    stores: ['minio'],
    actions: ['encryption'],
    said: /MasterKeyID is missing/,
    reason:
      'MinIO wants the id of a KMS key with a default encryption by KMS, and OBS has a default one; without the proxy too',
  },
];
