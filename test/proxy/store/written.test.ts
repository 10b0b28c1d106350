import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import t, { type Test } from 'tap';
import { PROVIDERS } from '../../../src/s3/providers.ts';
import {
  type Ask,
  ask,
  type Front,
  type Got,
  SSEC_KEY,
  startFront,
  startStub,
} from '../../adversary/support.ts';

const TAGS = '<Tagging><TagSet/></Tagging>';
/** A success of these has nothing behind its head. */
const BARE: readonly Ask[] = [
  { method: 'PUT', target: '/plain/a' },
  { method: 'PUT', target: '/secret/a', body: 'x' },
  { method: 'PUT', target: '/plain/a?partNumber=1&uploadId=u' },
  { method: 'PUT', target: '/plain/a?tagging', body: TAGS },
  { method: 'PUT', target: '/plain' },
  { method: 'DELETE', target: '/plain/a' },
];
const BEGIN: Ask = { method: 'POST', target: '/plain/a?uploads' };
const DELETE = '<Delete><Object><Key>a</Key></Object></Delete>';
const ERROR = '<?xml version="1.0"?>\n<Error><Code>InternalError</Code><Message>no</Message></Error>';

async function frontOf(t: Test, answer: RequestListener): Promise<Front> {
  const store = await startStub(t, answer);
  return await startFront(t, { port: store.port, provider: PROVIDERS.minio });
}

/** What a client gets of each request, when the store answers 200 with this text. */
async function answersTo(
  t: Test,
  text: string,
  requests: readonly Ask[],
): Promise<{ got: Got; cause: unknown; name: string }[]> {
  const answers: { got: Got; cause: unknown; name: string }[] = [];
  for (const length of [text.length, undefined]) {
    const front = await frontOf(t, (_request, response) => {
      response.writeHead(200, length === undefined ? {} : { 'content-length': length });
      // The framing must not tell what the text does not.
      response.flushHeaders();
      response.end(text);
    });
    for (const request of requests) {
      const got = await ask(t, front.port, request);
      const name = `${request.method} ${request.target}, ${length === undefined ? 'chunks' : 'length'}`;
      answers.push({ got, cause: front.log.at(-1)?.['cause'], name });
    }
  }
  return answers;
}

t.test('a write that is answered with 200 and an error is not a success', async (t) => {
  for (const { got, cause, name } of await answersTo(t, ERROR, [...BARE, BEGIN])) {
    t.match(got, { status: 500, code: 'InternalError' }, name);
    t.match(cause, /with status 200 and an error$/, name);
  }
});

t.test('where nothing stands behind a success, what does is not the word of the store', async (t) => {
  const texts = {
    'a body that is not a document': ['ok', '<!DOCTYPE html><html>log in</html>', '<', ' '.repeat(3000)],
    'another document': [`<${'x'.repeat(61)}/>`],
    '<html>': ['<html>log in</html>'],
    '<fine>': ['<Fine/>', '<?xml version="1.0"?><Fine/>'],
    '<{>': ['{"status":"ok"}'],
  };
  for (const [said, list] of Object.entries(texts))
    for (const text of list)
      for (const { got, cause, name } of await answersTo(t, text, BARE)) {
        t.match(got, { status: 503, code: 'ServiceUnavailable' }, `${name}: ${text.slice(0, 20)}`);
        t.match(cause, `with status 200 and ${said}`);
        t.notMatch(got.text, /log in|fine/i, 'nothing of it reaches the client');
      }
});

t.test('white space, a declaration and comments are nothing, and stay here', async (t) => {
  const secret = `<!-- ${SSEC_KEY.base64} -->`;
  for (const text of [
    '',
    ' ',
    '\r\n',
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<?xml version="1.0"?>\n${secret}\n`,
  ])
    for (const { got, name } of await answersTo(t, text, BARE)) {
      t.match(got, { status: 200, body: '' }, `${name}: ${text}`);
      t.match(got.head, /\r\ncontent-length: 0\b/i, name);
      t.notMatch(got.head, /transfer-encoding|connection: close.*connection: close/is, name);
      if (name.startsWith('PUT /plain,'))
        t.match(got.head, /\r\nlocation: \/plain\r?\n?/i, 'and its Location');
    }
});

t.test('a success that has a document begins with one of the operation', async (t) => {
  const deletes: Ask = {
    method: 'POST',
    target: '/plain?delete',
    headers: { 'content-md5': createHash('md5').update(DELETE).digest('base64') },
    body: DELETE,
  };
  for (const text of [
    '',
    ' ',
    '<?xml version="1.0"?>',
    'ok',
    '<html/>',
    '<ListBucketResult/>',
    '<DeleteResul/>',
  ])
    for (const { got, cause, name } of await answersTo(t, text, [
      BEGIN,
      { ...BEGIN, target: '/secret/a?uploads' },
      deletes,
    ])) {
      t.match(got, { status: 503, code: 'ServiceUnavailable' }, `${name}: ${text}`);
      t.match(cause, /^the store answered (CreateMultipartUpload|DeleteObjects) with status 200 and /);
    }
  const deleted = '<?xml version="1.0"?>\n<DeleteResult/>';
  for (const { got } of await answersTo(t, deleted, [deletes])) t.match(got, { status: 200, body: deleted });
  const begun = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';
  for (const { got } of await answersTo(t, begun, [BEGIN])) {
    t.equal(got.status, 200);
    t.ok(got.body.includes(begun), 'the id of an upload in plain is that of the store');
  }
  for (const none of ['<InitiateMultipartUploadResult/>', begun.replace('u<', ' <')])
    for (const { got } of await answersTo(t, none, [BEGIN]))
      t.match(got, { status: 500, code: 'InternalError' });
});

t.test('an error without an ETag is an error, and so is what comes in chunks without one', async (t) => {
  let text = ERROR;
  const front = await frontOf(t, (_request, response) => {
    response.removeHeader('etag');
    response.end(text);
  });
  const put: Ask = { method: 'PUT', target: '/plain/a', body: 'x' };
  t.match(await ask(t, front.port, put), { status: 500, code: 'InternalError' });
  text = ' ';
  t.match(await ask(t, front.port, put), { status: 503, code: 'ServiceUnavailable' });
  t.match(front.log.at(-1), { cause: /with no ETag$/ });
});

t.test('an upload that the store names no ETag of is not there', async (t) => {
  const bare: RequestListener = (_request, response) => {
    response.removeHeader('etag');
    response.writeHead(200, { 'content-length': 0 }).end();
  };
  const front = await frontOf(t, bare);
  for (const target of ['/plain/a', '/secret/a', '/plain/a?partNumber=1&uploadId=u']) {
    const got = await ask(t, front.port, { method: 'PUT', target, body: 'x' });
    t.match(got, { status: 503, code: 'ServiceUnavailable' }, target);
    t.match(front.log.at(-1), { cause: /^the store answered (PutObject|UploadPart) with no ETag$/ });
  }
  t.equal((await ask(t, front.port, { method: 'PUT', target: '/plain/folder/' })).status, 200, 'of a folder');
  t.equal((await ask(t, front.port, { method: 'PUT', target: '/plain/a?tagging', body: TAGS })).status, 200);
});
