import { isIP } from 'node:net';
import { forwardedFor } from '../../src/listener/forwarded-for.ts';
import { parseProxyHeader } from '../../src/listener/proxy-header.ts';
import { type Root, rootIn } from '../../src/response/root-name.ts';
import { classify, withoutIgnored } from '../../src/s3/classify.ts';
import { S3Error } from '../../src/s3/errors.ts';
import { WireHeaders } from '../../src/s3/headers.ts';
import { parseTarget } from '../../src/s3/target.ts';
import type { ChunkOptions } from '../../src/sigv4/chunk-decoder.ts';
import { chunkSignatures } from '../../src/sigv4/chunk-trailers.ts';
import { parseAuthorization } from '../../src/sigv4/claim.ts';
import { parsePresigned } from '../../src/sigv4/presigned.ts';
import { SigningKey } from '../../src/sigv4/signing-key.ts';
import { decode, split } from '../support/decoding.ts';
import { binaryHeader, FAMILY } from '../support/proxy-headers.ts';
import { crcOf, type Framing, frame } from '../support/wire-requests.ts';
import { fuzzAnswers } from './answers.ts';
import { fuzzForm } from './forms.ts';
import { fuzzObs } from './obs.ts';
import { below, edited, pick, type Random } from './random.ts';

/** Feeds one input to a parser. @throws what must never happen */
export type Target = (random: Random) => void | Promise<void>;

const SIGNING = {
  accessKeyId: 'fuzz',
  secretAccessKey: 'secret-for-tests',
  region: 'eu-test-1',
  now: new Date('2026-06-01T12:00:00Z'),
};
const SCOPE = { date: '20260601', region: 'eu-test-1', service: 's3', terminator: 'aws4_request' };
const SEED = '5'.repeat(64);
const SIGNATURES = chunkSignatures({
  seed: SEED,
  timestamp: '20260601T120000Z',
  scope: SCOPE,
  signingKey: new SigningKey(SIGNING.secretAccessKey, SCOPE),
});
const CRC = 'x-amz-checksum-crc32';
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=fuzz/20260601/eu-test-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=${SEED}`;
const QUERY = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=fuzz%2F20260601%2Feu-test-1%2Fs3%2Faws4_request&X-Amz-Date=20260601T120000Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host&X-Amz-Signature=${SEED}`;
const TARGETS = [
  '/',
  '/bucket',
  '/bucket/',
  '/bucket/a/b.txt?versionId=1',
  '/b/%E4%B8%AD/x%2Fy?uploads',
  `/b/k?${QUERY}`,
];

const PROXY_HEADERS = [
  'PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\nGET / HTTP/1.1\r\n',
  'PROXY TCP6 2001:db8::1 ::1 65535 0\r\n',
  'PROXY UNKNOWN\r\n',
  binaryHeader({
    family: FAMILY.ipv4,
    address: '192.0.2.7',
    more: Buffer.from('ee0001610300046162636d', 'hex'),
  }),
  binaryHeader({ family: FAMILY.ipv6, address: '2001:db8::1' }),
  binaryHeader({ command: 0x20, family: 0 }),
].map((header) => header.toString('latin1'));
const FORWARDED_FOR = '203.0.113.9, 2001:db8::1 ,10.1.1.1,10.2.2.2';

const QUERIES = [
  '/b/k?versionId=1&x-id=a&response-expires=0&v=1&Content-Type=a&utm_source=b',
  '/b/k?tagging&versionId=1&_=2',
  '/b?list-type=2&prefix=a&max-keys=1',
  '/b/k?uploads&x-id=a',
  '/?max-buckets=1&prefix=a',
];
const NO_HEADERS = new WireHeaders([]);
const DOCUMENT =
  '<?xml version="1.0"?>\n<!-- of a <store> --><s3:Tagging xmlns:s3="a"><TagSet/></s3:Tagging>';

const wires = new Map<string, { data: string; wire: string; options: ChunkOptions }>();
for (const framing of ['chunks', 'chunks and trailer', 'unsigned trailer'] as const)
  for (const data of ['', 'x', 'some data. '.repeat(20), 'y'.repeat(8192 + 30)])
    wires.set(`${framing} ${data.length}`, wireOf(framing, data));

export const FUZZ_TARGETS: Readonly<Record<string, Target>> = {
  'chunk decoder': async (random) => {
    const { data, wire, options } = pick(random, [...wires.values()]);
    const bytes = below(random, 20) === 0 ? wire : edited(random, wire);
    const sizes = Array.from(
      { length: 1 + below(random, 4) },
      () => 1 + below(random, pick(random, [3, 100, 9000])),
    );
    // Pieces of a byte each are for small inputs only: they are slow.
    const decoded = await decode(split(bytes, [...sizes, Math.max(1, bytes.length >> 3)]), options);
    if (decoded.code !== undefined) return;
    if (decoded.data.length !== options.decodedLength) throw new Error('another length was let through');
    if (options.signatures !== undefined && decoded.data !== data)
      throw new Error('unsigned bytes were let through');
    if (options.signatures && options.trailers && decoded.trailers[CRC] !== crcOf(data))
      throw new Error('an unsigned trailer was let through');
  },
  'authorization parser': (random) =>
    orS3Error(() => {
      const claim = parseAuthorization(edited(random, AUTHORIZATION));
      if (!/^[0-9a-f]{64}$/.test(claim.signature)) throw new Error('a signature of another form');
      if (claim.accessKeyId === '' || claim.signedHeaders.length === 0) throw new Error('an empty claim');
    }),
  'presigned parser': (random) =>
    orS3Error(() => {
      const { query } = parseTarget(`/b/k?${edited(random, QUERY)}`, undefined, []);
      const { expires, signature } = parsePresigned(query);
      if (!Number.isInteger(expires) || expires < 0 || expires > 604_800)
        throw new Error('it lives too long');
      if (!/^[0-9a-f]{64}$/.test(signature)) throw new Error('a signature of another form');
    }),
  'target parser': (random) =>
    orS3Error(() => {
      const host = edited(random, 'bucket.s3.proxy.test:8443');
      const target = parseTarget(edited(random, pick(random, TARGETS)), host, ['s3.proxy.test']);
      target.query.canonical();
      if (target.shape === 'object' && target.objectKey === '') throw new Error('an object without a key');
      if (target.shape !== 'service' && target.bucket === '') throw new Error('a bucket without a name');
    }),
  'query of a store': (random) =>
    orS3Error(() => {
      const target = parseTarget(edited(random, pick(random, QUERIES)), undefined, []);
      const operation = classify(pick(random, ['GET', 'PUT', 'POST', 'DELETE']), target, NO_HEADERS);
      for (const { name } of withoutIgnored(target, operation).query.parameters)
        if (!operation.names.has(name)) throw new Error(`${name} goes out`);
    }),
  'root of a response': (random) => {
    const document = edited(random, DOCUMENT);
    const whole = rootIn(document);
    const begun = rootIn(document.slice(0, below(random, document.length + 1)));
    // More of a document changes no word about its beginning, but for a name that is cut.
    const open = begun.kind === 'more' || begun.kind === 'blank';
    if (!open && (begun.kind !== whole.kind || nameIn(begun) !== nameIn(whole)))
      throw new Error('the rest of a document changed its root');
  },
  'answers of a store': fuzzAnswers,
  'form parser': fuzzForm,
  'signature of OBS': fuzzObs,
  'PROXY protocol header': (random) => {
    const bytes = Buffer.from(edited(random, pick(random, PROXY_HEADERS)), 'latin1');
    const header = parseProxyHeader(bytes);
    const begun = parseProxyHeader(bytes.subarray(0, below(random, bytes.length + 1)));
    // What was said of the beginning stays so, whatever follows.
    if (begun.kind !== 'more' && JSON.stringify(begun) !== JSON.stringify(header))
      throw new Error('the rest of the bytes changed the header');
    if (header.kind !== 'whole') return;
    if (header.length > bytes.length) throw new Error('it takes bytes that are not there');
    if (header.address !== undefined && isIP(header.address) === 0)
      throw new Error(`${header.address} is not an address`);
    if (parseProxyHeader(bytes.subarray(0, header.length - 1)).kind !== 'more')
      throw new Error('it was whole a byte earlier');
  },
  'X-Forwarded-For': (random) => {
    const found = forwardedFor('10.0.0.1', edited(random, FORWARDED_FOR), ['10.0.0.0/8']);
    if (found === undefined || isIP(found) === 0) throw new Error(`${found} is not an address`);
  },
};

function nameIn(root: Root): string {
  return root.kind === 'named' ? root.name : '';
}

function wireOf(framing: Framing, data: string): { data: string; wire: string; options: ChunkOptions } {
  const trailer = framing === 'chunks' ? undefined : ([CRC, crcOf(data)] as const);
  const parts = frame(data, { framing, seed: SEED, signing: SIGNING, trailer });
  const options: ChunkOptions = {
    decodedLength: data.length,
    signatures: framing === 'unsigned trailer' ? undefined : SIGNATURES,
    trailers: trailer && [CRC],
  };
  return { data, options, wire: parts.map(({ value }) => value).join('') };
}

/** Only refusals as S3 words them are answers. */
function orS3Error(parse: () => void): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
  }
}
