import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import t, { type Test } from 'tap';
import { presign } from '../../src/sigv4/sign.ts';
import { encodeForm, signForm } from '../support/forms.ts';
import { verifySent } from '../support/signed.ts';
import {
  ask,
  clientWith,
  type Front,
  type Got,
  REGION,
  type Stub,
  startFront,
  startStub,
  UPSTREAM,
} from './support.ts';

/** Headers that a client never sent as such: parameters of a link and fields of a form become headers at the proxy. */

const CLIENT = clientWith('app', { admin: true, grants: 'all' });
const NOW = new Date();

interface Stand {
  readonly store: Stub;
  readonly front: Front;
  readonly open: Front;
}

async function stand(t: Test): Promise<Stand> {
  const store = await startStub(t, (_request, response) => response.writeHead(200, { etag: '"e"' }).end());
  const { port } = store;
  return {
    store,
    front: await startFront(t, { port, clients: [CLIENT], sigv2: true }),
    open: await startFront(t, { port }),
  };
}

type Way = (t: Test, stand: Stand, path: string, name: string, value: string) => Promise<Got>;

const encoded = (name: string, value: string): string =>
  `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;

/** Each way in which a parameter gets to be a header. */
const WAYS: Readonly<Record<string, Way>> = {
  'a link of SigV4': async (t, { front: { port } }, path, name, value) => {
    const host = `127.0.0.1:${port}`;
    const request = { method: 'PUT', path: `${path}?${encoded(name, value)}`, host };
    const target = presign(request, { credentials: CLIENT, region: REGION, now: NOW });
    return await ask(t, port, { method: 'PUT', target });
  },
  'a link of SigV2': async (t, { front: { port } }, path, name, value) => {
    const expires = String(Math.floor(NOW.getTime() / 1000) + 600);
    const line = `${name}:${Buffer.from(value).toString('latin1')}\n`;
    const signature = createHmac('sha1', CLIENT.secretAccessKey.reveal())
      .update(`PUT\n\n\n${expires}\n${line}${path}`, 'latin1')
      .digest('base64');
    const signed = { AWSAccessKeyId: CLIENT.accessKeyId, Expires: expires, Signature: signature };
    const query = [encoded(name, value), ...Object.entries(signed).map(([a, b]) => encoded(a, b))].join('&');
    return await ask(t, port, { method: 'PUT', target: `${path}?${query}` });
  },
  'a listener without authentication': async (t, { open: { port } }, path, name, value) =>
    await ask(t, port, { method: 'PUT', target: `${path}?${encoded(name, value)}` }),
  'a form': async (t, { front: { port } }, path, name, value) => {
    const [, bucket = '', key = ''] = path.split('/');
    const by = {
      accessKeyId: CLIENT.accessKeyId,
      secretAccessKey: CLIENT.secretAccessKey.reveal(),
      region: REGION,
      now: NOW,
    };
    const fields = signForm({ bucket, fields: { key, [name]: value } }, by);
    const body = encodeForm([...Object.entries(fields), ['file', 'content', 'a.txt']]).toString('latin1');
    const [boundary = ''] = body.slice(2).split('\r\n');
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    return await ask(t, port, { method: 'POST', target: `/${bucket}`, headers, body });
  },
};

const HOSTILE: readonly (readonly [name: string, value: string])[] = [
  ['x-amz-copy_source', '/victim/secret'],
  ['x-amz-copy_source_range', 'bytes=0-1'],
  ['x-amz-server_side-encryption', 'AES256'],
  ['x-amz-grant_read', 'uri=http://acs.amazonaws.com/groups/global/AllUsers'],
  ['x-amz-grant-full_control', 'id=somebody'],
  ['x-amz-checksum-crc_32', 'AAAAAA=='],
  ['x-amz-object-lock_mode', 'GOVERNANCE'],
  ['x-amz-meta_a', 'v'],
  ['x-amz-meta-a b', 'v'],
  ['x-amz-meta-a\r\nx-amz-copy-source', '/victim/secret'],
  ['x-amz-meta-a', 'v\r\nx-amz-copy-source: /victim/secret'],
  ['x-amz-meta-a', 'v\nw'],
  ['x-amz-meta-a', 'v\u0000'],
  ['x-amz-meta-a', '\u001Bv'],
  ['x-amz-meta-a', 'v\u007F'],
];

for (const [way, go] of Object.entries(WAYS)) {
  t.test(`${way} makes no header that could not have come as one`, async (t) => {
    const all = await stand(t);
    for (const path of ['/plain/x', '/secret/x']) {
      for (const [name, value] of HOSTILE) {
        const { status } = await go(t, all, path, name, value);
        t.equal(status, 400, `${path} ${JSON.stringify([name, value])}`);
      }
    }
    t.equal(all.store.requests.length, 0, 'nothing reaches the store');
  });

  t.test(`${way} sends the UTF-8 bytes of a text, and signs those`, async (t) => {
    const all = await stand(t);
    for (const text of ['ü', '€', 'à la', 'ideographic\u3000space', '\u{1F511}', 'a\u0085b']) {
      const { status, text: answer } = await go(t, all, '/plain/x', 'x-amz-meta-a', text);
      t.ok(status === 200 || status === 204, `${JSON.stringify(text)}: ${answer.slice(0, 400)}`);
      const sent = all.store.requests.at(-1) as IncomingMessage;
      t.equal(sent.headers['x-amz-meta-a'], Buffer.from(text).toString('latin1'));
      t.equal(verify(sent), UPSTREAM, 'the store can verify it');
    }
  });
}

t.test('signs a header of bytes that are not UTF-8 as they are', async (t) => {
  const { store, open } = await stand(t);
  const { status } = await ask(t, open.port, {
    method: 'PUT',
    target: '/plain/x',
    headers: { 'x-amz-meta-a': 'm\u00FCll' },
  });
  t.equal(status, 200);
  t.equal(verify(store.requests[0] as IncomingMessage), UPSTREAM);
});

/** Who signed it, by the code that verifies clients; throws when nobody did. */
function verify({ method = '', url = '', rawHeaders }: IncomingMessage): unknown {
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2)
    headers[(rawHeaders[i] as string).toLowerCase()] = rawHeaders[i + 1] as string;
  return verifySent({ method, rawTarget: url, headers }, { client: UPSTREAM, now: new Date() });
}
