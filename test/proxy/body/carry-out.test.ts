import { createHash } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { pinUploadId } from '../../../src/multipart/upload-id.ts';
import { CHECKSUMS } from '../../../src/s3/checksums.ts';
import type { ProviderName } from '../../../src/s3/providers.ts';
import {
  CLIENT,
  hostOf,
  type Reply,
  send,
  sendBytes,
  signingAs,
  startBodyStand,
} from '../../e2e/body-stand.ts';
import { isPartWithoutKey } from '../../e2e/wire.ts';
import { testSsecKey } from '../../support/snapshot.ts';

import { framed, headerSigned } from '../../support/wire-requests.ts';
import { MINIO_GO, DATA as OF_MINIO_GO, SIGNED_AT } from './minio-go.ts';

const DATA = 'some bytes of an object '.repeat(3000);
const SSEC_PREFIX = 'x-amz-server-side-encryption-customer-';

interface Stored {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A store that keeps whatever comes whole and throws away what does not, without looking at any hash. */
async function carelessStore(t: Test): Promise<{ port: number; stored: Stored[] }> {
  const stored: Stored[] = [];
  const server = http.createServer((request, response) => {
    if (isPartWithoutKey(request)) {
      request.resume().once('end', () => response.writeHead(400).end());
      return;
    }
    const chunks: Buffer[] = [];
    for (const name of ['algorithm', 'key-md5']) {
      const value = request.headers[SSEC_PREFIX + name];
      if (value !== undefined) response.setHeader(SSEC_PREFIX + name, value);
    }
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      stored.push({ headers: request.headers, body: Buffer.concat(chunks).toString('latin1') });
      response.setHeader('etag', '"e"').end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, stored };
}

async function standOver(
  t: Test,
  provider: ProviderName,
  now?: () => Date,
): Promise<{
  put: (body: string, headers: Record<string, string>, sha256?: string) => Promise<Reply>;
  port: number;
  open: number;
  stored: Stored[];
}> {
  const { port: storePort, stored } = await carelessStore(t);
  const { ports } = await startBodyStand(t, { provider, storePort, ...(now && { now }) });
  const put = (body: string, headers: Record<string, string>, sha256?: string): Promise<Reply> =>
    send(ports.http, headerSigned({ ...asked(ports.http), headers }, body, signingAs(CLIENT), sha256));
  return { put, port: ports.http, open: ports.open, stored };
}

const asked = (port: number): { method: string; path: string; host: string } => ({
  method: 'PUT',
  path: '/secret/k',
  host: hostOf(port),
});

const digestOf = async (algorithm: string, body: string): Promise<string> => {
  const digest = await CHECKSUMS[algorithm]?.make();
  digest?.update(Buffer.from(body, 'latin1'));
  return digest?.digest().toString('base64') ?? '';
};
const md5Of = (body: string): string => createHash('md5').update(body, 'latin1').digest('base64');

/** Bodies whose last byte is the only one, and one of many pieces. */
const BODIES = { many: DATA, one: 'x', none: '' };

t.test('a body without a framing goes on without the promise of one', async (t) => {
  const { put, stored } = await standOver(t, 'aws');
  const leftovers = {
    'content-encoding': 'aws-chunked,gzip',
    'x-amz-decoded-content-length': '7',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  };
  t.match(await put('x'.repeat(20), leftovers), { status: 200 });
  const [one] = stored;
  t.match(one?.headers, { 'content-encoding': 'gzip', 'content-length': '20' });
  t.notOk(one?.headers['x-amz-trailer'] ?? one?.headers['x-amz-decoded-content-length']);
});

t.test('checks every hash that a store does not check, and gives it no whole body before', async (t) => {
  const { put, stored } = await standOver(t, 'generic');
  for (const [name, body] of Object.entries(BODIES)) {
    const other = `${body}y`;
    const wrong = await put(body, {}, createHash('sha256').update(other).digest('hex'));
    t.match(wrong, { status: 400, code: 'XAmzContentSHA256Mismatch' }, name);
    t.match(await put(body, { 'content-md5': md5Of(other) }), { status: 400, code: 'BadDigest' });
    t.match(await put(body, { 'content-md5': 'AAAA' }), { status: 400, code: 'InvalidDigest' });
    for (const algorithm of Object.keys(CHECKSUMS)) {
      const header = `x-amz-checksum-${algorithm.toLowerCase()}`;
      const refused = await put(body, { [header]: await digestOf(algorithm, other) });
      t.match(refused, { status: 400, code: 'BadDigest' }, `${algorithm} of ${name}`);
    }
    await pause(20);
    t.same(stored.splice(0), [], `nothing of ${name} was stored`);
    for (const algorithm of Object.keys(CHECKSUMS)) {
      const headers = {
        [`x-amz-checksum-${algorithm.toLowerCase()}`]: await digestOf(algorithm, body),
        'content-md5': md5Of(body),
      };
      t.equal((await put(body, headers)).status, 200, algorithm);
      t.equal(stored.pop()?.body, body);
    }
  }
});

t.test('refuses a checksum that nobody on the way can check', async (t) => {
  const { put, stored } = await standOver(t, 'generic');
  t.match(await put('x', { 'x-amz-checksum-nobodys': 'AAAA' }), { status: 501, code: 'NotImplemented' });
  t.match(await put('x', { 'x-amz-checksum-constructor': 'AAAA' }), { status: 501, code: 'NotImplemented' });
  t.same(stored, []);
});

t.test('leaves to the store what it is known to check', async (t) => {
  const { put, stored } = await standOver(t, 'aws');
  const headers = { 'content-md5': md5Of('y'), 'x-amz-checksum-sha512': 'AAAA' };
  t.equal((await put('x', headers, '0'.repeat(64))).status, 200);
  t.match(stored, [{ body: 'x', headers: { ...headers, 'x-amz-content-sha256': '0'.repeat(64) } }]);
});

t.test('a checksum beside CompleteMultipartUpload is of the object, not of the document', async (t) => {
  const { open, stored } = await standOver(t, 'ceph');
  const object = { bucket: 'secret', objectKey: 'k' };
  const shown = pinUploadId('u', object, { began: 'ours', ssecKey: testSsecKey('one') });
  const document =
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>e</ETag></Part></CompleteMultipartUpload>';
  const headers = {
    host: hostOf(open),
    'content-length': String(document.length),
    'x-amz-checksum-crc32': 'AAAAAA==',
  };
  await send(open, {
    method: 'POST',
    path: '/secret/k',
    query: [{ name: 'uploadId', value: shown }],
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    body: [{ name: 'document', value: document }],
  });
  // It would be 400 BadDigest. The store was promised no checksum of the upload, and gets none.
  t.match(stored, [{ body: /<Part><PartNumber>1<\/PartNumber><ETag>e<\/ETag><\/Part>/ }]);
  t.notOk(stored[0]?.headers['x-amz-checksum-crc32']);
});

t.test('takes bodies out of their framing, with a length and without the words of the framing', async (t) => {
  const { port, stored } = await standOver(t, 'generic');
  for (const framing of ['chunks', 'chunks and trailer', 'unsigned trailer'] as const) {
    for (const length of ['content-length', 'chunked'] as const) {
      for (const data of Object.values(BODIES)) {
        for (const contentEncoding of [undefined, 'aws-chunked', 'gzip,aws-chunked', 'AWS-CHUNKED, gzip']) {
          const request = framed(asked(port), data, signingAs(CLIENT), { framing, length, contentEncoding });
          t.equal((await send(port, request)).status, 200);
          const { headers = {}, body } = stored.pop() ?? {};
          t.ok(body === data, `${framing}, ${length}, ${data.length} bytes, ${contentEncoding}`);
          t.equal(headers['content-length'], String(data.length));
          t.equal(headers['content-encoding'], contentEncoding?.includes('gzip') ? 'gzip' : undefined);
          for (const name of ['x-amz-decoded-content-length', 'x-amz-trailer', 'transfer-encoding'])
            t.notOk(name in headers, name);
        }
      }
    }
  }
});

t.test('takes the very bytes of minio-go, and refuses them with one of them changed', async (t) => {
  const { port, stored } = await standOver(t, 'generic', () => SIGNED_AT);
  for (const [name, wire] of Object.entries(MINIO_GO)) {
    t.match(await sendBytes(port, Buffer.from(wire, 'latin1')), { status: 200 }, name);
    const { headers = {}, body } = stored.pop() ?? {};
    t.ok(body === OF_MINIO_GO, 'the store has the data and nothing else');
    t.equal(headers['content-length'], '72000');
    t.equal(headers['content-encoding'], undefined);
    const wrong = wire.replace('NDCbVg', 'NDCbVh');
    const code = name === 'signed trailer' ? 'SignatureDoesNotMatch' : 'BadDigest';
    t.match(await sendBytes(port, Buffer.from(wrong, 'latin1')), { status: /^40/, code }, name);
    const changed = wire.replace('minio-go minio-go', 'minio-go Minio-go');
    t.match(await sendBytes(port, Buffer.from(changed, 'latin1')), { status: /^40/, code }, name);
  }
  await pause(20);
  t.same(stored, []);
});

t.test('every checksum may stand behind the body, and is checked', async (t) => {
  const { port, stored } = await standOver(t, 'generic');
  for (const algorithm of Object.keys(CHECKSUMS)) {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
    for (const data of Object.values(BODIES)) {
      for (const framing of ['unsigned trailer', 'chunks and trailer'] as const) {
        const sent = async (digest: string): Promise<Reply> =>
          send(port, framed(asked(port), data, signingAs(CLIENT), { framing, trailer: [name, digest] }));
        t.match(await sent(await digestOf(algorithm, `${data}y`)), { status: 400, code: 'BadDigest' }, name);
        t.same(stored, []);
        t.equal((await sent(await digestOf(algorithm, data))).status, 200, name);
        t.ok(stored.pop()?.body === data);
      }
    }
  }
});

t.test('Content-MD5 beside a framed body is that of the data, not of the framing', async (t) => {
  for (const provider of ['generic', 'ceph'] as const) {
    const { port, stored } = await standOver(t, provider);
    for (const framing of ['chunks', 'chunks and trailer', 'unsigned trailer'] as const) {
      const request = (md5: string, data: string): ReturnType<typeof framed> =>
        framed({ ...asked(port), headers: { 'content-md5': md5 } }, data, signingAs(CLIENT), { framing });
      for (const data of Object.values(BODIES)) {
        t.equal((await send(port, request(md5Of(data), data))).status, 200, framing);
        t.match(
          stored.pop(),
          { body: data, headers: { 'content-md5': md5Of(data) } },
          'and the store can check it too',
        );
        if (provider === 'ceph') continue;
        const whole = request('', data).body.map(({ value }) => value);
        for (const wrong of [md5Of(whole.join('')), md5Of(`${data}y`)])
          t.equal((await send(port, request(wrong, data))).code, 'BadDigest', framing);
      }
    }
    await pause(20);
    t.same(stored, []);
  }
});

t.test('a store gets no whole body of a request with a fault in its framing', async (t) => {
  const { port, stored } = await standOver(t, 'generic');
  const faults: readonly (readonly [code: string, part: string, value: string])[] = [
    ['SignatureDoesNotMatch', 'signature 0', `;chunk-signature=${'0'.repeat(64)}`],
    ['SignatureDoesNotMatch', 'signature 1', `;chunk-signature=${'0'.repeat(64)}`],
    ['SignatureDoesNotMatch', 'trailer signature', `x-amz-trailer-signature:${'0'.repeat(64)}`],
    ['IncompleteBody', 'size 0', 'fffff'],
    ['IncompleteBody', 'end', '\r\nmore'],
    ['IncompleteBody', 'data end 0', '\n\n'],
  ];
  for (const data of ['x', DATA]) {
    for (const [code, part, value] of faults) {
      const request = framed(asked(port), data, signingAs(CLIENT), {
        framing: 'chunks and trailer',
        length: 'chunked',
      });
      if (!request.body.some(({ name }) => name === part)) continue;
      const body = request.body.map((each) => (each.name === part ? { ...each, value } : each));
      t.equal((await send(port, { ...request, body })).code, code, `${part}, ${data.length} bytes`);
    }
  }
  const wrong = {
    framing: 'unsigned trailer',
    trailer: ['x-amz-checksum-sha256', await digestOf('SHA256', 'y')],
  } as const;
  for (const data of Object.values(BODIES))
    t.equal((await send(port, framed(asked(port), data, signingAs(CLIENT), wrong))).code, 'BadDigest');
  await pause(20);
  t.same(stored, []);
});

t.test('a framing that is announced and not there is no empty object', async (t) => {
  const { port, stored } = await standOver(t, 'generic');
  for (const framing of ['chunks', 'unsigned trailer'] as const) {
    for (const data of ['', 'x']) {
      const request = framed(asked(port), data, signingAs(CLIENT), { framing });
      const headers = request.headers.map((each) =>
        each.name === 'content-length' ? { ...each, value: '0' } : each,
      );
      t.match(await send(port, { ...request, headers, body: [] }), { status: 400, code: 'IncompleteBody' });
    }
  }
  t.same(stored, []);
});

t.test('refuses a trailer that is not a checksum, and one that it cannot check', async (t) => {
  const { port, stored } = await standOver(t, 'generic');
  for (const [name, code] of [
    ['x-amz-meta-a', 'InvalidRequest'],
    ['x-amz-checksum-algorithm', 'InvalidRequest'],
    ['x-amz-checksum-nobodys', 'NotImplemented'],
  ] as const) {
    const request = framed(asked(port), 'x', signingAs(CLIENT), {
      framing: 'unsigned trailer',
      trailer: [name, 'AAAA'],
    });
    t.equal((await send(port, request)).code, code, name);
  }
  t.same(stored, []);
});

t.test('takes one checksum in the head, and one that can be right', async (t) => {
  const { port, stored } = await standOver(t, 'generic');
  const crc = { 'x-amz-checksum-crc32': await digestOf('CRC32', 'x') };
  const sha = { 'x-amz-checksum-sha256': await digestOf('SHA256', 'x') };
  for (const [headers, code] of [
    [{ ...crc, ...sha }, 'InvalidRequest'],
    [{ 'x-amz-checksum-crc32': 'none' }, 'InvalidRequest'],
    [{ 'x-amz-checksum-crc32': 'AAAAAA==' }, 'BadDigest'],
  ] as const)
    t.equal((await send(port, headerSigned({ ...asked(port), headers }, 'x', signingAs(CLIENT)))).code, code);
  t.same(stored, []);
});

t.test('wants a length', async (t) => {
  const { port, stored } = await standOver(t, 'generic');
  const request = framed(asked(port), 'x', signingAs(CLIENT), { framing: 'chunks', length: 'chunked' });
  const headers = request.headers.filter(({ name }) => name !== 'x-amz-decoded-content-length');
  t.equal((await send(port, { ...request, headers })).code, 'SignatureDoesNotMatch', 'it was signed');
  const plain = headerSigned(asked(port), 'x', signingAs(CLIENT));
  const chunked = plain.headers.map((each) =>
    each.name === 'content-length' ? { name: 'transfer-encoding', value: 'chunked' } : each,
  );
  t.match(await send(port, { ...plain, headers: chunked }), { status: 411, code: 'MissingContentLength' });
  t.same(stored, []);
});
