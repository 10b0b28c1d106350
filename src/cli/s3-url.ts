/** Bucket and object key of `s3://bucket/key`, as they stand there: an S3 URL knows no escapes. */
export function parseS3Url(url: string): { readonly bucket: string; readonly objectKey: string } | undefined {
  const [, bucket, objectKey = ''] =
    /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9])(?:\/(.*))?$/s.exec(url) ?? [];
  return bucket === undefined ? undefined : { bucket, objectKey };
}
