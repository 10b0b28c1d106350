import t from 'tap';
import { CLIENT_TIMEOUTS } from '../../../src/listener/bounds.ts';
import { eventually, settled } from '../../e2e/wire.ts';
import {
  answerOf,
  begun,
  bodyOf,
  chunksOf,
  contentMd5,
  drip,
  LIMITS,
  put,
  READER,
  standOf,
} from './stand.ts';

const PART = bodyOf(LIMITS.part);

t.test('a client that leaves in the middle leaves nothing at the store', async (t) => {
  const stand = await standOf(t);
  const client = await begun(t, stand);
  await drip(client, bodyOf(1500));
  await eventually(() => stand.bodies('part').length === 1);
  client.socket.destroy();
  await eventually(() => stand.kinds() === 'begin part abort');
  await eventually(() => stand.log.some(({ op }) => op === 'PutObject'));
  t.match(stand.log.at(-1), { op: 'PutObject', code: 'ClientLeft', outcome: 'left', bytesIn: 1000 });
});

t.test('a part that the store does not answer holds nothing up once its client has left', async (t) => {
  const stand = await standOf(t, { part: () => {} });
  const client = await begun(t, stand);
  await drip(client, bodyOf(1500));
  await eventually(() => stand.bodies('part').length === 1);
  client.socket.destroy();
  await eventually(() => stand.kinds() === 'begin part abort');
  await eventually(() => stand.log.some(({ op }) => op === 'PutObject'));
  t.match(stand.log.at(-1), { op: 'PutObject', code: 'ClientLeft', outcome: 'left' });
});

t.test('a client that leaves before a part is full was never heard of', async (t) => {
  const stand = await standOf(t);
  const client = await begun(t, stand);
  await drip(client, bodyOf(150));
  await settled(() => stand.came.length);
  client.socket.destroy();
  await eventually(() => stand.log.some(({ op }) => op === 'PutObject'));
  t.equal(stand.kinds(), '');
});

t.test('a body that ends without its last chunk is none', async (t) => {
  for (const bytes of [50, 1000, 1500]) {
    const stand = await standOf(t);
    const client = await begun(t, stand);
    await drip(client, bodyOf(bytes));
    client.socket.end();
    await eventually(() => stand.log.some(({ op }) => op === 'PutObject'));
    t.same([...stand.bodies('put'), ...stand.bodies('end')], [], `${bytes} bytes`);
    t.notMatch(client.received, /^HTTP\/1.1 200/);
  }
});

t.test('chunks that are none end it', async (t) => {
  const stand = await standOf(t);
  const client = await begun(t, stand);
  await drip(client, bodyOf(1500));
  client.socket.write('no size\r\n');
  await eventually(() => client.socket.destroyed);
  await eventually(() => stand.log.length > 0);
  t.same([...stand.bodies('put'), ...stand.bodies('end')], []);
  t.match(stand.kinds(), /^(?:begin (?:part )*abort)?$/);
});

t.test('a client that is silent has timeouts.body', async (t) => {
  const stand = await standOf(t, {}, { timeouts: { ...CLIENT_TIMEOUTS, body: 300 } });
  const client = await begun(t, stand);
  await drip(client, bodyOf(1500));
  // It goes on until the store has the first part, whenever that is.
  while (stand.bodies('part').length === 0) await drip(client, 'x');
  t.match(await answerOf(client), /^HTTP\/1.1 400 [\s\S]*<Code>RequestTimeout</);
  t.equal(stand.kinds(), 'begin part abort');
});

t.test('a digest that is wrong in the end aborts what was written', async (t) => {
  const stand = await standOf(t);
  const client = await begun(t, stand, { headers: { 'content-md5': contentMd5('another') } });
  await drip(client, bodyOf(2500));
  await eventually(() => stand.bodies('part').length === 2);
  client.socket.write('0\r\n\r\n');
  t.match(await answerOf(client), /^HTTP\/1.1 400 [\s\S]*<Code>BadDigest</);
  t.match(stand.kinds(), /^begin part part (?:part )?abort$/);
});

t.test('a store that is not there any more aborts it as far as it goes', async (t) => {
  const stand = await standOf(t, {
    part: ({ request }) => request.socket.destroy(),
    abort: ({ request }) => request.socket.destroy(),
  });
  t.match(await put(t, stand, bodyOf(1500)), /^HTTP\/1.1 503 /);
  await eventually(() => stand.log.some(({ op }) => op === 'PutObject'));
  t.same(stand.bodies('end'), []);
  t.match(stand.log.at(-1), { cause: /./ });
});

t.test('many at once have so much memory together, and all get their turn', async (t) => {
  const most = 3 * LIMITS.part;
  const stand = await standOf(t, {}, { limits: { unsizedBodies: { most, wait: 60_000 } } });
  const bodies = Array.from({ length: 20 }, (_, i) => `${i}:${bodyOf(2500)}`);
  const answers = await Promise.all(
    bodies.map((body, i) => put(t, stand, body, { target: `/secret/k${i}` })),
  );
  for (const answer of answers) t.match(answer, /^HTTP\/1.1 200 /);
  t.equal(stand.bodies('end').length, 20);
  const metrics = await stand.metrics();
  t.match(metrics, /ssec_proxy_documents_bytes\{of="bodies"\} 0\n/);
  t.match(metrics, /ssec_proxy_documents_bytes_limit\{of="bodies"\} 3000\n/);
});

t.test('who finds no room in time gets SlowDown, before anything of the body is asked for', async (t) => {
  const stand = await standOf(t, {}, { limits: { unsizedBodies: { most: LIMITS.first, wait: 50 } } });
  const first = await begun(t, stand);
  first.socket.write(chunksOf(bodyOf(50), 50));
  await settled(() => stand.came.length);
  const second = await begun(t, stand, { headers: { expect: '100-continue' } });
  t.match(await answerOf(second), /^HTTP\/1.1 503 [\s\S]*<Code>SlowDown</);
  await eventually(() => stand.log.length > 0);
  t.match(stand.log.at(-1), { code: 'SlowDown', cause: /^limits\.unsizedBodies is reached/ });
  first.socket.write('0\r\n\r\n');
  t.match(await answerOf(first), /^HTTP\/1.1 200 /);
});

t.test('who comes slowly gives way while others wait', async (t) => {
  const unsizedBodies = { most: 2 * LIMITS.first, wait: 5000 };
  const stand = await standOf(t, {}, { limits: { unsized: { ...LIMITS, filling: 1000 }, unsizedBodies } });
  const slow = await begun(t, stand);
  slow.socket.write(chunksOf('x', 1));
  await settled(() => stand.came.length);
  t.match(await put(t, stand, 'z'), /^HTTP\/1.1 200 /);
  t.match(await answerOf(slow), /^HTTP\/1.1 503 [\s\S]*<Code>SlowDown</);
  await eventually(() => stand.log.some(({ code }) => code === 'SlowDown'));
  t.match(
    stand.log.find(({ code }) => code === 'SlowDown'),
    { cause: /came slowly/ },
  );
});

t.test('a client that waits for 100 Continue gets it', async (t) => {
  const stand = await standOf(t);
  const client = await begun(t, stand, { headers: { expect: '100-continue' } });
  await client.until(/^HTTP\/1.1 100 Continue\r\n\r\n/);
  client.received = '';
  client.socket.write(`${chunksOf(PART, 100)}0\r\n\r\n`);
  t.match(await answerOf(client), /^HTTP\/1.1 200 /);
  t.same(stand.bodies('put'), [PART]);
});

t.test('the same connection carries the next request', async (t) => {
  const stand = await standOf(t);
  const client = await begun(t, stand);
  client.socket.write(`${chunksOf(bodyOf(1500), 100)}0\r\n\r\n`);
  t.match(await answerOf(client), /^HTTP\/1.1 200 (?:(?!connection: close)[\s\S])*$/i);
});

t.test('what may not be written is refused before its body is asked for', async (t) => {
  const stand = await standOf(t);
  const client = await begun(t, stand, { target: '/nowhere/k', headers: { expect: '100-continue' } });
  t.match(await answerOf(client), /^HTTP\/1.1 403 [\s\S]*<Code>AccessDenied</);
  t.equal(stand.kinds(), '');
});

t.test('who may not write is refused before the body is asked for, whatever its length', async (t) => {
  const stand = await standOf(t);
  const headers = { expect: '100-continue' };
  for (const target of ['/secret/k', '/secret/k?partNumber=1&uploadId=u']) {
    const client = await begun(t, stand, { target, headers, as: READER });
    t.match(await answerOf(client), /^HTTP\/1.1 403 [\s\S]*<Code>AccessDenied</, target);
  }
  t.equal(stand.kinds(), '');
});

t.test('a store that is slow holds the client back', async (t) => {
  let answer: (() => void) | undefined;
  const stand = await standOf(t, {
    part: (_, response) => {
      answer = () => response.writeHead(200, { etag: '"p"', 'content-length': '0' }).end();
    },
  });
  const client = await begun(t, stand);
  let sent = 0;
  const piece = chunksOf(bodyOf(64_000), 64_000);
  const more = (): void => {
    while (sent < 500 && client.socket.write(piece)) sent += 1;
    if (sent < 500) client.socket.once('drain', more);
  };
  more();
  await eventually(() => answer !== undefined);
  t.ok((await settled(() => sent)) < 500, `${sent} of 500`);
  client.socket.destroy();
  answer?.();
});

t.test('a drain that runs out of time aborts what was written', async (t) => {
  const stand = await standOf(
    t,
    { abort: (_, response) => void setTimeout(() => response.writeHead(204).end(), 200) },
    { limits: { drain: 100 } },
  );
  const client = await begun(t, stand);
  await drip(client, bodyOf(1500));
  await eventually(() => stand.bodies('part').length === 1);
  await stand.stop();
  t.equal(stand.kinds(), 'begin part abort');
  t.equal(stand.came.at(-1)?.whole, true);
  t.match(stand.log.at(-1), { op: 'PutObject', code: 'Drained' });
});

t.test('it does so while the store does not answer a part', async (t) => {
  const stand = await standOf(
    t,
    { part: () => {}, abort: (_, response) => void setTimeout(() => response.writeHead(204).end(), 200) },
    { limits: { drain: 100 } },
  );
  const client = await begun(t, stand);
  await drip(client, bodyOf(1500));
  await eventually(() => stand.bodies('part').length === 1);
  await stand.stop();
  t.equal(stand.kinds(), 'begin part abort');
  t.match(stand.log.at(-1), { op: 'PutObject', code: 'Drained' });
});

t.test('a drain lets an upload come to its end', async (t) => {
  const stand = await standOf(t, {}, { limits: { drain: 20_000 } });
  const client = await begun(t, stand);
  await drip(client, bodyOf(1500));
  await eventually(() => stand.bodies('part').length === 1);
  const stopped = stand.stop();
  client.socket.write('0\r\n\r\n');
  t.match(await answerOf(client), /^HTTP\/1.1 200 /);
  await stopped;
  t.equal(stand.kinds(), 'begin part part end');
});
