/**
 * The examples of "Signing and authenticating REST requests" (version 2), with the signatures of that page; bucket and
 * credentials are the documentation's own examples.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 */
export interface VectorV2 {
  readonly name: string;
  readonly method: string;
  readonly rawTarget: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** When it was sent. */
  readonly now: string;
}

export const HOST = 'johnsmith.s3.amazonaws.com';

function authorization(signature: string): string {
  return `AWS AKIAIOSFODNN7EXAMPLE:${signature}`;
}

export const VECTORS_V2: readonly VectorV2[] = [
  {
    name: 'Object GET',
    method: 'GET',
    rawTarget: '/photos/puppy.jpg',
    headers: {
      host: HOST,
      date: 'Tue, 27 Mar 2007 19:36:42 +0000',
      authorization: authorization('bWq2s1WEIj+Ydj0vQ697zp+IXMU='),
    },
    now: '2007-03-27T19:36:42Z',
  },
  {
    name: 'Object PUT',
    method: 'PUT',
    rawTarget: '/photos/puppy.jpg',
    headers: {
      host: HOST,
      'content-type': 'image/jpeg',
      'content-length': '94328',
      date: 'Tue, 27 Mar 2007 21:15:45 +0000',
      authorization: authorization('MyyxeRY7whkBe+bq8fHCL/2kKUg='),
    },
    now: '2007-03-27T21:15:45Z',
  },
  {
    name: 'List',
    method: 'GET',
    rawTarget: '/?prefix=photos&max-keys=50&marker=puppy',
    headers: {
      host: HOST,
      'user-agent': 'Mozilla/5.0',
      date: 'Tue, 27 Mar 2007 19:42:41 +0000',
      authorization: authorization('htDYFYduRNen8P9ZfE/s9SuKy0U='),
    },
    now: '2007-03-27T19:42:41Z',
  },
  {
    name: 'Fetch of a sub-resource',
    method: 'GET',
    rawTarget: '/?acl',
    headers: {
      host: HOST,
      date: 'Tue, 27 Mar 2007 19:44:46 +0000',
      authorization: authorization('c2WLPFtWHVgbEmeEG93a4cG37dM='),
    },
    now: '2007-03-27T19:44:46Z',
  },
  {
    name: 'Upload with headers, one of them on two lines',
    method: 'PUT',
    rawTarget: '/static.johnsmith.net/db-backup.dat.gz',
    headers: {
      host: 's3.amazonaws.com',
      date: 'Tue, 27 Mar 2007 21:06:08 +0000',
      'x-amz-acl': 'public-read',
      'content-type': 'application/x-download',
      'content-md5': '4gJE4saaMU4BqNR0kLY+lw==',
      'x-amz-meta-reviewedby': ['joe@johnsmith.net', 'jane@johnsmith.net'],
      'x-amz-meta-filechecksum': '0x02661779',
      'x-amz-meta-checksumalgorithm': 'crc32',
      'content-encoding': 'gzip',
      'content-length': '5913339',
      authorization: authorization('ilyl83RwaSoYIEdixDQcA4OnAnc='),
    },
    now: '2007-03-27T21:06:08Z',
  },
  {
    name: 'List all my buckets',
    method: 'GET',
    rawTarget: '/',
    headers: {
      host: 's3.amazonaws.com',
      date: 'Wed, 28 Mar 2007 01:29:59 +0000',
      authorization: authorization('qGdzdERIC03wnaRNKh6OqZehG9s='),
    },
    now: '2007-03-28T01:29:59Z',
  },
  {
    name: 'Unicode keys, signed as they were encoded',
    method: 'GET',
    rawTarget: '/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re',
    headers: {
      host: 's3.amazonaws.com',
      date: 'Wed, 28 Mar 2007 01:49:49 +0000',
      authorization: authorization('DNEZGsoieTZ92F3bUfSPQcbGmlM='),
    },
    now: '2007-03-28T01:49:49Z',
  },
  {
    name: 'Query string request authentication',
    method: 'GET',
    rawTarget:
      '/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620',
    headers: { host: HOST, date: 'Mon, 26 Mar 2007 19:37:58 +0000' },
    now: '2007-03-27T19:37:58Z',
  },
];
