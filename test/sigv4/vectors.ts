/**
 * The examples of "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)":
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * Requests, canonical requests, hashes and signatures are those of that page, looked up and recomputed; bucket and
 * credentials are the documentation's own examples.
 */
export interface Vector {
  readonly name: string;
  readonly method: string;
  readonly rawTarget: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  readonly canonicalRequest: string;
  /** Hex SHA-256 of the canonical request: the last line of the string to sign. */
  readonly canonicalHash: string;
  readonly signature: string;
}

export const EXAMPLE = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  now: new Date('2013-05-24T00:00:00Z'),
  timestamp: '20130524T000000Z',
  scope: { date: '20130524', region: 'us-east-1', service: 's3', terminator: 'aws4_request' },
} as const;

const HOST = 'examplebucket.s3.amazonaws.com';
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const WELCOME = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
const BASIC = ['host', 'x-amz-content-sha256', 'x-amz-date'];
const BASIC_HEADERS = {
  Host: HOST,
  'x-amz-content-sha256': NOTHING,
  'x-amz-date': '20130524T000000Z',
};
const BASIC_LINES = `host:${HOST}\nx-amz-content-sha256:${NOTHING}\nx-amz-date:20130524T000000Z\n`;

export const VECTORS: readonly Vector[] = [
  {
    name: 'GET Object with a Range',
    method: 'GET',
    rawTarget: '/test.txt',
    headers: { ...BASIC_HEADERS, Range: 'bytes=0-9' },
    signedHeaders: ['host', 'range', 'x-amz-content-sha256', 'x-amz-date'],
    payloadHash: NOTHING,
    canonicalRequest: `GET\n/test.txt\n\nhost:${HOST}\nrange:bytes=0-9\nx-amz-content-sha256:${NOTHING}\nx-amz-date:20130524T000000Z\n\nhost;range;x-amz-content-sha256;x-amz-date\n${NOTHING}`,
    canonicalHash: '7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972',
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    name: 'PUT Object with a date and a storage class',
    method: 'PUT',
    rawTarget: '/test$file.text',
    headers: {
      Host: HOST,
      Date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-date': '20130524T000000Z',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': WELCOME,
      'Content-Length': '21',
    },
    signedHeaders: ['date', 'host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-storage-class'],
    payloadHash: WELCOME,
    canonicalRequest: `PUT\n/test%24file.text\n\ndate:Fri, 24 May 2013 00:00:00 GMT\nhost:${HOST}\nx-amz-content-sha256:${WELCOME}\nx-amz-date:20130524T000000Z\nx-amz-storage-class:REDUCED_REDUNDANCY\n\ndate;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class\n${WELCOME}`,
    canonicalHash: '9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    name: 'GET Bucket Lifecycle',
    method: 'GET',
    rawTarget: '/?lifecycle',
    headers: BASIC_HEADERS,
    signedHeaders: BASIC,
    payloadHash: NOTHING,
    canonicalRequest: `GET\n/\nlifecycle=\n${BASIC_LINES}\n${BASIC.join(';')}\n${NOTHING}`,
    canonicalHash: '9766c798316ff2757b517bc739a67f6213b4ab36dd5da2f94eaebf79c77395ca',
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    name: 'GET Bucket (List Objects) with a prefix',
    method: 'GET',
    rawTarget: '/?max-keys=2&prefix=J',
    headers: BASIC_HEADERS,
    signedHeaders: BASIC,
    payloadHash: NOTHING,
    canonicalRequest: `GET\n/\nmax-keys=2&prefix=J\n${BASIC_LINES}\n${BASIC.join(';')}\n${NOTHING}`,
    canonicalHash: 'df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7',
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
];
