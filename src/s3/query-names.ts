import type { Operation } from './operations.ts';

/** What becomes of a query parameter that does not choose the operation. */
type Fate = 'sent' | 'ignored' | 'refused';

/**
 * Names of HTTP headers that links carry in their query: `getSignedUrl` of the SDK for JavaScript v2 writes what it was
 * told of the headers there, and S3 takes no notice.
 */
const HTTP_HEADERS: ReadonlySet<string> = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-md5',
  'content-type',
  'expires',
]);

/**
 * Sub-resources and options that stores know beside those of S3's own operations. Sources: the lists of signed
 * sub-resources of the OBS and OSS SDKs, `RGWHTTPArgs` and the handlers of Ceph RGW, the routes of MinIO and SeaweedFS,
 * the API references of COS and Google Cloud Storage.
 */
const OF_STORES = [
  // OBS: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0010.html
  `append apiversion attname backtosource bucketstatus cdnnotifyconfiguration customdomain deletebucket directcoldaccess
  dispolicy fileinterface getcontentsummary ignore-sign-in-query length listcontentsummary mirrorbacktosource
  mirrorrefresh modify multilistcontentsummary name obsalias obsbucketalias obscompresspolicy obsworkflowtriggerpolicy
  position quota readahead rename replication_progress storageclass storageinfo storagepolicy symlink truncate`,
  // OSS: https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header
  `accesspoint accesspointpolicy accessmonitor archivedirectread asyncfetch bucketarchivedirectread bucketinfo callback
  callback-var cloudboxes cname comp dataaccelerator endtime httpsconfig img inventoryid live metaquery objectmeta
  objectinfo processconfiguration qos qosinfo qosrequester redundancytransition redundancytype referer regionlist
  regions replicationlocation replicationprogress requesterqosinfo resourcegroup resourcepool resourcepoolbuckets
  resourcepoolinfo responseheader rtc security-token sequential starttime stat status style stylename
  transferacceleration udf udfapplication udfapplicationlog udfid udfimage udfimagedesc udfname virtualbucket vod
  withhashcontext worm wormextend wormid`,
  // Ceph: its additions, its Swift and admin interfaces
  `bulk-delete caps end-date extract-archive index key list mdsearch multipart-manifest object start-date subuser sync
  temp_url_expires temp_url_ip_range temp_url_prefix temp_url_sig usage`,
  // MinIO
  'events lambdaarn replication-check replication-metrics replication-reset replication-reset-status',
  // COS
  'ci-process domain intelligenttiering objectlock sign watermark',
  // Google Cloud Storage
  'billing compose encryptionconfig generation if-generation-match if-metageneration-match upload_id userproject',
].join(' ');

/** Names of OBS in lower case, and why a request with one is refused, as the end of a sentence. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['symlink', 'a link leads a read to an object that nobody judged'],
  ['x-image-save-object', 'the store would write an object by itself, without an SSE-C key'],
  ['x-image-save-bucket', 'the store would write an object by itself, without an SSE-C key'],
  ['obsalias', 'rules and permissions know a bucket by one name'],
  ['obsbucketalias', 'rules and permissions know a bucket by one name'],
]);

/** Why a parameter is refused whatever the rules say, where there is more to say than that it is not known. */
export function reasonAgainst(name: string): string | undefined {
  return REASONS.get(name.toLowerCase());
}

/** What begins so belongs to a store, or would be a header. */
const PREFIX =
  /^(?:response-|rgwx-|imagemogr|imageview|x-(?:acs|amz|bce|cos|goog|image|kss|minio|obs|oss|rgw|tos|workflow)-)/;

/** Visible characters that no reader drops, trims or takes for another. */
const PLAIN_NAME = /^[\w.~:[\]-]{1,256}$/;

const KNOWN: ReadonlySet<string> = new Set(OF_STORES.split(/\s+/));

/**
 * @param ownNames lower-case names that S3's own operations have
 * @returns `sent` for what the operation has, as it spells it, since stores compare by letter (`versionId`), and some in lower
 *   case: another spelling of a known name is refused like the name itself. `ignored` for what S3 takes no notice of.
 */
export function fateOf(
  { name, value }: { readonly name: string; readonly value: string },
  operation: Pick<Operation, 'method' | 'shape' | 'names'>,
  ownNames: ReadonlySet<string>,
): Fate {
  const { method, shape, names } = operation;
  // A preflight brings the query of the request that is to follow.
  if (method === 'OPTIONS') return 'ignored';
  if (names.has(name)) return 'sent';
  const lower = name.toLowerCase();
  if (HTTP_HEADERS.has(lower)) return 'ignored';
  if (ownNames.has(lower) || isOfStores(lower) || !PLAIN_NAME.test(name)) return 'refused';
  // Sub-resources are written so.
  if (value === '') return 'refused';
  return shape === 'object' && method !== 'DELETE' && method !== 'POST' ? 'ignored' : 'refused';
}

function isOfStores(lower: string): boolean {
  return KNOWN.has(lower) || PREFIX.test(lower);
}
