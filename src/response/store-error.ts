import type { Readable } from 'node:stream';
import { Gathered } from '../gathered.ts';
import type { SseKey } from '../keys/key.ts';
import { type DocumentElement, readDocument } from '../s3/document.ts';
import { holdsKey } from '../ssec/leak.ts';
import type { ErrorText } from '../upstream/answer.ts';
import { lateIn } from '../upstream/upstream-error.ts';
import { within } from './within.ts';

/** More than any error document of a store; a longer text is not one. */
const MOST_BYTES = 64 * 1024;

/** The error of a store, without anything that clients must not see. */
export interface StoreError {
  readonly code: string;
  /** Never empty. */
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * The further elements that clients get, by code. Every other is dropped: a CanonicalRequest or an ArgumentValue could
 * contain the SSE-C key, an Endpoint would lead clients past the proxy.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
 */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  BadDigest: ['ExpectedDigest', 'CalculatedDigest'],
  BucketAlreadyExists: ['BucketName'],
  BucketAlreadyOwnedByYou: ['BucketName'],
  BucketNotEmpty: ['BucketName'],
  EntityTooLarge: ['ProposedSize', 'MaxSizeAllowed'],
  EntityTooSmall: ['ProposedSize', 'MinSizeAllowed', 'PartNumber', 'ETag'],
  InvalidArgument: ['ArgumentName'],
  InvalidObjectState: ['StorageClass', 'AccessTier'],
  InvalidPart: ['UploadId', 'PartNumber', 'ETag'],
  InvalidPartOrder: ['UploadId'],
  InvalidRange: ['RangeRequested', 'ActualObjectSize'],
  MethodNotAllowed: ['Method', 'ResourceType'],
  NoSuchBucket: ['BucketName'],
  NoSuchKey: ['Key'],
  NoSuchUpload: ['UploadId'],
  NoSuchVersion: ['Key', 'VersionId'],
  PreconditionFailed: ['Condition'],
  XAmzContentSHA256Mismatch: ['ClientComputedContentSHA256', 'S3ComputedContentSHA256'],
};

/**
 * Reads what may be the store's error document. When it is too long for one, or does not come as a whole, its status has to
 * do.
 * @param limit for the whole of it, in milliseconds
 */
export async function readErrorText(body: Readable, limit: number): Promise<ErrorText> {
  try {
    return await within(body, { limit }, () => textOf(body));
  } catch (error) {
    const late = lateIn(error);
    return late ? { text: '', fault: 'was not whole in time', late } : { text: '', fault: 'broke off' };
  }
}

async function textOf(body: Readable): Promise<ErrorText> {
  const text = new Gathered();
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (text.size + chunk.byteLength > MOST_BYTES)
      return { text: '', fault: `is longer than ${MOST_BYTES} bytes` };
    text.add(chunk);
  }
  return { text: text.bytes().toString('utf8') };
}

/** What an `<Error>` document says, made safe; undefined when the text is not one. */
export function parseStoreError(xml: string, ssecKeys: readonly SseKey[]): StoreError | undefined {
  const document = documentOf(xml);
  const code = document?.text('Code')?.trim() ?? '';
  if (!document || !/^[A-Za-z0-9.]{1,64}$/.test(code)) return undefined;
  const fields = (FIELDS[code] ?? []).flatMap((name) => {
    const value = document.text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const error = {
    code,
    message: document.text('Message')?.trim() || `The store answered ${code}.`,
    fields: Object.fromEntries(fields),
  };
  // A code may be the hex of a key.
  if (holdsKey(code, ssecKeys)) return undefined;
  const said = [error.message, ...Object.values(error.fields)].join('\n');
  if (!holdsKey(said, ssecKeys)) return error;
  return { code, message: `The store answered ${code}.`, fields: {} };
}

function documentOf(xml: string): DocumentElement | undefined {
  try {
    return readDocument(xml, 'Error');
  } catch {
    return undefined;
  }
}
