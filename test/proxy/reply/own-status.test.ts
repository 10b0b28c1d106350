import t, { type Test } from 'tap';
import { ask, startFront, startStub } from '../../adversary/support.ts';

interface Case {
  readonly method?: string;
  readonly target?: string;
  readonly sent?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly fields?: Readonly<Record<string, string | number>>;
}

async function statusOf(
  t: Test,
  { method = 'GET', target = '/plain/a', sent = {}, status, fields = {} }: Case,
) {
  const store = await startStub(t, (request, response) => {
    request.resume();
    const { 'content-length': length = 0 } = fields;
    response.writeHead(status, { 'content-length': length, ...fields });
    response.end(
      method === 'HEAD' || status === 204 || status === 304 ? undefined : Buffer.alloc(Number(length)),
    );
  });
  const front = await startFront(t, { port: store.port });
  const got = await ask(t, front.port, {
    method,
    target,
    headers: sent,
  });
  return { status: got.status, cause: front.log.at(-1)?.['cause'] };
}

const part = (range: string, length: number) => ({ 'content-range': range, 'content-length': length });

t.test('what fits the request goes on', async (t) => {
  const fine: readonly Case[] = [
    { status: 200, fields: { 'content-length': 5 } },
    { status: 200, sent: { Range: 'bytes=0-9' }, fields: { 'content-length': 5 } },
    { status: 206, sent: { Range: 'bytes=0-9' }, fields: part('bytes 0-9/100', 10) },
    { status: 206, sent: { Range: 'bytes=90-199' }, fields: part('bytes 90-99/100', 10) },
    { status: 206, sent: { Range: 'bytes=90-' }, fields: part('bytes 90-99/100', 10) },
    { status: 206, sent: { Range: 'bytes=-10' }, fields: part('bytes 90-99/100', 10) },
    { status: 206, sent: { Range: 'bytes=-200' }, fields: part('bytes 0-99/100', 100) },
    { status: 206, sent: { Range: 'bytes=5-9' }, fields: part('bytes 5-9/*', 5) },
    { status: 206, method: 'HEAD', sent: { Range: 'bytes=0-9' }, fields: part('bytes 0-9/100', 10) },
    { status: 206, target: '/plain/a?partNumber=2', fields: part('bytes 10-19/100', 10) },
    { status: 304, sent: { 'If-None-Match': '"a"' } },
    { status: 304, sent: { 'If-Modified-Since': 'Fri, 27 Nov 2026 00:00:00 GMT' } },
    { status: 204, method: 'DELETE' },
    { status: 200, method: 'PUT' },
  ];
  for (const one of fine) t.equal((await statusOf(t, one)).status, one.status, JSON.stringify(one));
});

t.test('what does not is never a success', async (t) => {
  const wrong: readonly Case[] = [
    { status: 206, fields: part('bytes 0-9/100', 10) },
    { status: 206, sent: { Range: 'bytes=10-19' }, fields: part('bytes 0-9/100', 10) },
    { status: 206, sent: { Range: 'bytes=10-19' }, fields: part('bytes 10-18/100', 9) },
    { status: 206, sent: { Range: 'bytes=10-19' }, fields: part('bytes 10-19/100', 5) },
    { status: 206, sent: { Range: 'bytes=10-19' }, fields: { 'content-length': 10 } },
    { status: 206, sent: { Range: 'bytes=10-19' }, fields: part('bytes 19-10/100', 10) },
    { status: 206, sent: { Range: 'bytes=90-' }, fields: part('bytes 90-95/100', 6) },
    { status: 206, sent: { Range: 'bytes=-10' }, fields: part('bytes 80-89/100', 10) },
    { status: 206, target: '/plain/a?partNumber=2', fields: part('bytes 10-19/15', 10) },
    { status: 206, method: 'HEAD', fields: part('bytes 0-9/100', 10) },
    ...[201, 202, 203, 204, 205, 207, 226, 299].map((status): Case => ({ status })),
    { status: 304 },
    ...[201, 202, 203, 204, 205, 206, 207, 299, 304].map((status): Case => ({ status, method: 'PUT' })),
    ...[201, 202, 203, 205, 207].map((status): Case => ({ status, method: 'DELETE' })),
  ];
  for (const one of wrong) {
    const { status, cause } = await statusOf(t, one);
    t.equal(status, 503, JSON.stringify(one));
    t.match(cause, /^the store answered (Get|Head|Put|Delete)Object with /);
  }
});
