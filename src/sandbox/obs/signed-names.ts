/**
 * The query parameters that are signed, in lower case: those of https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0010.html
 * and of the SDKs. One that begins with the prefix of the scheme is signed as well.
 */
const SIGNED: ReadonlySet<string> = new Set(
  `acl append attname backtosource bucketstatus cdnnotifyconfiguration cors customdomain delete deletebucket
  directcoldaccess dispolicy encryption fileinterface getcontentsummary ignore-sign-in-query inventory length lifecycle
  listcontentsummary location logging metadata mirrorbacktosource mirrorrefresh modify multilistcontentsummary name
  notification object-lock obsalias obsbucketalias obscompresspolicy obsworkflowtriggerpolicy partnumber policy
  policystatus position publicaccessblock quota readahead rename replication replication_progress requestpayment
  response-cache-control response-content-disposition response-content-encoding response-content-language
  response-content-type response-expires restore retention select select-type storageclass storageinfo storagepolicy
  symlink tagging torrent truncate uploadid uploads versionid versioning versions website x-image-process
  x-image-save-bucket x-image-save-object x-oss-process`.split(/\s+/),
);

/** The parameters of lists, which nobody signs. */
const UNSIGNED: ReadonlySet<string> = new Set(
  `prefix marker max-keys delimiter encoding-type key-marker version-id-marker max-uploads upload-id-marker max-parts
  part-number-marker list-type start-after continuation-token fetch-owner id apiversion`.split(/\s+/),
);

/** @param lower a name in lower case */
export function isSigned(lower: string, prefix: string): boolean {
  return SIGNED.has(lower) || lower.startsWith(prefix) || lower.startsWith('x-workflow-');
}

/** Is it a parameter that OBS has? */
export function isKnown(lower: string): boolean {
  return SIGNED.has(lower) || UNSIGNED.has(lower) || lower.startsWith('x-workflow-');
}
