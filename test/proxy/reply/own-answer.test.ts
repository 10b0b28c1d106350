import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { ask, type Got, startFront, startStub } from '../../adversary/support.ts';
import { eventually } from '../../e2e/wire.ts';

async function answered(
  t: Test,
  target: string,
  answer: RequestListener,
  headers: Readonly<Record<string, string>> = {},
): Promise<Got> {
  const store = await startStub(t, answer);
  const front = await startFront(t, { port: store.port });
  return await ask(t, front.port, { method: 'GET', target, headers });
}

const DOCUMENT = `<?xml version="1.0"?>\n<!-- of a store -->\n<Tagging><TagSet>${'<Tag/>'.repeat(5000)}</TagSet></Tagging>`;

t.test('gives on a document unchanged, in whatever pieces it comes', async (t) => {
  for (const size of [1, 7, 100, 40_000]) {
    const got = await answered(t, '/plain/a?tagging', (_request, response) => {
      response.socket?.setNoDelay(true);
      response.writeHead(200, { 'content-length': DOCUMENT.length });
      const pieces = Array.from({ length: Math.ceil(200 / size) }, (_, i) =>
        DOCUMENT.slice(i * size, (i + 1) * size),
      );
      const sent = pieces.join('').length;
      const next = (): void => {
        const piece = pieces.shift();
        if (piece === undefined) response.end(DOCUMENT.slice(sent));
        else response.write(piece, () => setImmediate(next));
      };
      next();
    });
    t.match(got, { status: 200 }, String(size));
    t.ok(got.body.includes(DOCUMENT), `${size} bytes at a time`);
  }
});

t.test('gives on one with a length, and one that is nothing but its root', async (t) => {
  for (const document of ['<Tagging/>', '<ns:Tagging xmlns:ns="a"/>']) {
    const got = await answered(t, '/plain/a?tagging', (_request, response) => {
      response.writeHead(200, { 'content-length': document.length }).end(document);
    });
    t.match(got, { status: 200, body: document });
  }
});

t.test('gives on a policy, which is JSON, and no list in its place', async (t) => {
  const policy = ' {"Version":"2012-10-17"}';
  const got = await answered(t, '/plain?policy', (_request, response) => void response.end(policy));
  t.match(got, { status: 200 });
  t.ok(got.text.includes(policy));
  const list = await answered(t, '/plain?policy', (_request, response) => {
    response.end('<ListBucketResult><Name>hidden</Name></ListBucketResult>');
  });
  t.match(list, { status: 501, code: 'NotImplemented' });
  t.notMatch(list.text, 'hidden');
});

t.test('refuses what has no root, or none within the first 2 KiB', async (t) => {
  for (const document of ['', ' ', 'text', '<', '<Tag', `${' '.repeat(3000)}<Tagging/>`, '<html/>']) {
    const got = await answered(t, '/plain/a?tagging', (_request, response) => void response.end(document));
    t.match(got, { status: 501, code: 'NotImplemented' }, document.trim());
  }
});

t.test('an error of the store stays an error, and what is not modified stays so', async (t) => {
  const refused = await answered(t, '/plain?cors', (_request, response) => {
    response.writeHead(404).end('<Error><Code>NoSuchCORSConfiguration</Code><Message>none</Message></Error>');
  });
  t.match(refused, { status: 404, code: 'NoSuchCORSConfiguration' });
  const same = await answered(
    t,
    '/plain/a?tagging',
    (_request, response) => void response.writeHead(304).end(),
    { 'If-None-Match': '"a"' },
  );
  t.equal(same.status, 304);
});

t.test('a store that dies before the root is not an answer', async (t) => {
  const got = await answered(t, '/plain/a?tagging', (_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('<Tag', () => response.destroy());
  });
  t.ok(got.status >= 500, String(got.status));
});

t.test('tells what a bucket is said to be when only its region is asked', async (t) => {
  for (const [status, code] of [
    [404, 'NoSuchBucket'],
    [403, 'AccessDenied'],
  ] as const) {
    const methods: (string | undefined)[] = [];
    const got = await answered(t, '/plain?location', ({ method, url }, response) => {
      methods.push(`${method} ${url}`);
      response.writeHead(status).end();
    });
    t.match(got, { status, code });
    t.same(methods, ['HEAD /plain']);
  }
});

t.test('an answer that is refused keeps no connection to the store', async (t) => {
  const open = new Set<Socket>();
  let document = '';
  const { port } = await startStub(t, ({ socket }, response) => {
    if (!open.has(socket)) socket.once('close', () => open.delete(socket));
    open.add(socket);
    response.writeHead(200, { 'content-length': document.length }).end(document);
  });
  const front = await startFront(t, { port });
  for (document of ['<html/>', 'text', `${' '.repeat(3000)}<Tagging/>`, `text${' '.repeat(100_000)}`]) {
    for (let asked = 0; asked < 5; asked += 1) {
      const got = await ask(t, front.port, { method: 'GET', target: '/plain/a?tagging' });
      t.match(got, { status: 501, code: 'NotImplemented' });
    }
    // One that is free goes on to be used; one whose answer nobody reads is never free again.
    await eventually(() => open.size <= 1);
    t.ok(open.size <= 1, `${document.slice(0, 10)}: ${open.size} connections`);
  }
});
