import t, { type Test } from 'tap';
import { ask, startFront, startStub } from '../../adversary/support.ts';

const DENIED = '<Error><Code>AccessDenied</Code><Message>words of the store</Message></Error>';

/** What a client gets of a status, with this document of the store's. */
async function answered(
  t: Test,
  status: number,
  {
    document = '',
    method = 'GET',
    headers = {},
  }: { document?: string; method?: string; headers?: Record<string, string> } = {},
) {
  const store = await startStub(t, (_request, response) => {
    response.writeHead(status, { 'content-length': document.length, 'www-authenticate': 'Basic' });
    response.end(method === 'HEAD' ? undefined : document);
  });
  const front = await startFront(t, { port: store.port });
  const got = await ask(t, front.port, { method, target: '/plain/a', headers });
  return { ...got, log: front.log.at(-1) };
}

t.test('what is between proxy and store is a fault of the service, whatever document comes', async (t) => {
  for (const status of [401, 407, 408, 417, 421, 425, 426, 431, 505, 511])
    for (const document of ['', DENIED, '<html/>'])
      for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
        const got = await answered(t, status, { document, method });
        t.equal(got.status, 503, `${method} ${status}`);
        t.notMatch(got.text, 'words of the store');
        const cause = new RegExp(`^the store answered the proxy with status ${status}: [a-z]`);
        t.match(got.log, { code: 'ServiceUnavailable', upstreamStatus: status, cause });
      }
});

t.test('the credentials that a store refuses with 401 are those of the proxy', async (t) => {
  t.match((await answered(t, 401)).log, { cause: /check upstream\.credentials$/ });
  const headers = { origin: 'https://a.test', 'access-control-request-method': 'GET' };
  const preflight = await answered(t, 401, { method: 'OPTIONS', headers });
  t.match(preflight, { status: 403, code: 'AccessDenied' }, 'but nobody signs a preflight');
});

t.test('a status that no error has at S3 is nobody’s who knows S3, unless a document says so', async (t) => {
  for (const status of [402, 406, 418, 422, 451, 499, 506, 520, 599]) {
    for (const method of ['GET', 'HEAD']) {
      const got = await answered(t, status, { method });
      t.equal(got.status, 503, `${method} ${status}`);
      t.match(got.log, { cause: `the store answered the proxy with status ${status} and no document` });
    }
    const said = await answered(t, status, { document: DENIED });
    t.match(said, { status, code: 'AccessDenied' });
  }
});

t.test(
  'without a document each status of S3 keeps its place, with the code that it stands for',
  async (t) => {
    const codes = {
      400: 'BadRequest',
      403: 'AccessDenied',
      404: 'BadRequest',
      405: 'MethodNotAllowed',
      409: 'BadRequest',
      411: 'MissingContentLength',
      412: 'PreconditionFailed',
      416: 'InvalidRange',
      500: 'InternalError',
      501: 'NotImplemented',
      502: 'InternalError',
      503: 'ServiceUnavailable',
      504: 'InternalError',
    };
    for (const [text, code] of Object.entries(codes)) {
      const status = Number(text);
      t.match(await answered(t, status), {
        status,
        code,
        log: { cause: `the store answered with status ${status} and no document` },
      });
      t.match(await answered(t, status, { document: '<html/>' }), {
        status,
        log: { cause: `the store answered with status ${status} and a document that is not an S3 error` },
      });
      const head = await answered(t, status, { method: 'HEAD' });
      t.match(head, { status }, `HEAD ${status}`);
    }
  },
);

t.test('where others have a status of their own, the client gets that of S3', async (t) => {
  t.match(await answered(t, 413), { status: 400, code: 'EntityTooLarge' });
  t.match(await answered(t, 429), { status: 503, code: 'SlowDown' });
  t.match(await answered(t, 429, { document: DENIED }), { status: 429, code: 'AccessDenied' });
});
