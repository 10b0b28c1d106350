/** What a success of S3's is. Others promise less than that it is done, or something else than what was asked for. */
const READ: ReadonlySet<number> = new Set([200, 206]);
const WRITTEN: ReadonlySet<number> = new Set([200]);
const DONE: ReadonlySet<number> = new Set([200, 204]);
const BEGUN: ReadonlySet<number> = new Set([200, 202]);

const SUCCESSES: Readonly<Record<string, ReadonlySet<number>>> = {
  AppendObject: WRITTEN,
  CompleteMultipartUpload: WRITTEN,
  CopyObject: WRITTEN,
  CreateMultipartUpload: WRITTEN,
  DeleteObjects: WRITTEN,
  PutObject: WRITTEN,
  // The object is fetched later.
  RestoreObject: BEGUN,
  SelectObjectContent: WRITTEN,
  UploadPart: WRITTEN,
  UploadPartCopy: WRITTEN,
};

/** The statuses of a success of an operation, among those from 200 to 299. */
export function successStatuses({ name, method }: { name: string; method: string }): ReadonlySet<number> {
  return method === 'GET' || method === 'HEAD' ? READ : (SUCCESSES[name] ?? DONE);
}
