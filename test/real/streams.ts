import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { sendBytes } from '../e2e/body-stand.ts';
import { bytesOf, framed, headerSigned, type Part, type WireRequest } from '../support/wire-requests.ts';

/** `sdk FILE BUCKET OBJECT_KEY`, `coding BUCKET OBJECT_KEY` or `faults BUCKET OBJECT_KEY`, with settings from the environment. */
const { S3_ENDPOINT = '', S3_ACCESS_KEY = '', S3_SECRET_KEY = '' } = process.env;

function makeClient(): S3Client {
  return new S3Client({
    endpoint: S3_ENDPOINT,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: S3_ACCESS_KEY, secretAccessKey: S3_SECRET_KEY },
  });
}

async function coding([Bucket = '', Key = '']: readonly string[]): Promise<void> {
  const { ContentEncoding } = await makeClient().send(new HeadObjectCommand({ Bucket, Key }));
  if (ContentEncoding !== undefined) throw new Error(`the object has the coding ${ContentEncoding}`);
}

async function sdk([file = '', Bucket = '', Key = '']: readonly string[]): Promise<void> {
  const s3 = makeClient();
  const { size: ContentLength } = await stat(file);
  for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
    const Body = createReadStream(file);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength, ChecksumAlgorithm }));
  }
  await coding([Bucket, Key]);
  const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
  if (!bytes.equals(await readFile(file))) throw new Error('it came back otherwise');
  s3.destroy();
}

async function faults([bucket = '', objectKey = '']: readonly string[]): Promise<void> {
  const { host, port } = new URL(S3_ENDPOINT);
  const before = 'the version before';
  const signing = (): Parameters<typeof framed>[2] => ({
    accessKeyId: S3_ACCESS_KEY,
    secretAccessKey: S3_SECRET_KEY,
    region: 'us-east-1',
    now: new Date(),
  });
  const asked = (method: string, key: string): Parameters<typeof framed>[0] => ({
    method,
    path: `/${bucket}/${key}`,
    host,
  });
  const send = async (request: WireRequest): Promise<{ status: number; code: string; body: string }> => {
    const { status, code, body } = await sendBytes(Number(port), bytesOf(request), 8000);
    return { status, code, body: body.toString('latin1') };
  };
  const get = (key: string): Promise<{ status: number; body: string }> =>
    send(headerSigned(asked('GET', key), '', signing()));
  await send(headerSigned(asked('PUT', objectKey), before, signing()));
  for (const [name, make] of Object.entries(FAULTS)) {
    for (const [key, status, body] of [
      [objectKey, 200, before],
      [`${objectKey}-new`, 404, undefined],
    ] as const) {
      const refused = await send(make(asked('PUT', key), signing()));
      if (refused.status < 400 || refused.status >= 500) throw new Error(`${name}: ${refused.status}`);
      await pause(50);
      const found = await get(key);
      if (found.status !== status || (body !== undefined && found.body !== body))
        throw new Error(`${name}: then ${found.status}`);
      process.stdout.write(`${name}: ${refused.status} ${refused.code}, then ${found.status}\n`);
    }
  }
  for (const [name, make] of Object.entries(WHOLE)) {
    for (const [key, status] of [
      [objectKey, 200],
      [`${objectKey}-new`, 404],
    ] as const) {
      await sendCut(Number(port), bytesOf(make(asked('PUT', key), signing())));
      const found = await get(key);
      if (found.status !== status || (status === 200 && found.body !== before))
        throw new Error(`${name}, cut: then ${found.status}`);
      process.stdout.write(`${name}, cut, then ${found.status}\n`);
    }
    const taken = await send(make(asked('PUT', `${objectKey}-whole`), signing()));
    if (taken.status !== 200) throw new Error(`${name}, whole: ${taken.status}`);
  }
}

/** A client that leaves when three quarters of the request are out; the store is given the time to be wrong. */
async function sendCut(port: number, bytes: Buffer): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write(bytes.subarray(0, (bytes.length * 3) / 4));
  await pause(300);
  socket.destroy();
  await pause(300);
}

type Make = (asked: Parameters<typeof framed>[0], signing: Parameters<typeof framed>[2]) => WireRequest;

const DATA = 'some bytes of an object '.repeat(2000);

function faulty(part: string, value: (old: string) => string, data = DATA): Make {
  return (asked, signing) => {
    const request = framed(asked, data, signing, { framing: 'chunks and trailer', length: 'chunked' });
    const change = (each: Part): Part => (each.name === part ? { ...each, value: value(each.value) } : each);
    return { ...request, body: request.body.map(change) };
  };
}

function forged(old: string): string {
  return old.replace(/[0-9a-f]{64}/, '0'.repeat(64));
}

const FAULTS: Readonly<Record<string, Make>> = {
  'the signature of the first chunk': faulty('signature 0', forged),
  'the signature of the last chunk': faulty('signature 6', forged),
  'the signature of the only chunk': faulty('signature 1', forged, 'x'),
  'the signature of no chunk': faulty('signature 0', forged, ''),
  'the signature of the trailer': faulty('trailer signature', forged),
  'a byte of the first chunk': faulty('data 0', (old) => `S${old.slice(1)}`),
  'a byte of the last chunk': faulty('data 5', (old) => `${old.slice(0, -1)}S`),
  'a chunk that is missing': faulty('size 5', () => '0'),
  'a size that is too large': faulty('size 0', () => 'fffff'),
  'bytes behind the end': faulty('end', () => '\r\nmore'),
  'a trailer that is missing': faulty('trailer name', () => ''),
  'the checksum of an unsigned trailer': (asked, signing) =>
    framed(asked, DATA, signing, {
      framing: 'unsigned trailer',
      trailer: ['x-amz-checksum-crc32', 'AAAAAA=='],
    }),
  'the checksum in the head': (asked, signing) =>
    headerSigned({ ...asked, headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }, DATA, signing),
  'the hash in the head': (asked, signing) =>
    headerSigned(asked, DATA, signing, createHash('sha256').update('other').digest('hex')),
  'the MD5 in the head': (asked, signing) =>
    headerSigned({ ...asked, headers: { 'content-md5': createHash('md5').digest('base64') } }, DATA, signing),
};

/** Without a fault: cut on the way they must store nothing, and whole they must be stored. */
const WHOLE: Readonly<Record<string, Make>> = {
  'signed chunks': (asked, signing) => framed(asked, DATA, signing, { framing: 'chunks' }),
  'signed chunks without a length': (asked, signing) =>
    framed(asked, DATA, signing, { framing: 'chunks and trailer', length: 'chunked' }),
  'chunks with an unsigned trailer': (asked, signing) =>
    framed(asked, DATA, signing, { framing: 'unsigned trailer' }),
  'a body with its hash': (asked, signing) => headerSigned(asked, DATA, signing),
  'a body without a hash': (asked, signing) => headerSigned(asked, DATA, signing, 'UNSIGNED-PAYLOAD'),
};

const [, , command, ...words] = process.argv;
if (command === 'sdk') await sdk(words);
else if (command === 'coding') await coding(words);
else await faults(words);
