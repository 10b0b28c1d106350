import type { IncomingMessage, ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import { eventually, socketStore } from '../e2e/wire.ts';
import { pinnedTo } from '../support/pinned.ts';
import { IN_OBS } from './in-obs.ts';
import {
  type Ask,
  ask,
  clientWith,
  type Front,
  SSEC_KEY,
  type Stub,
  startFront,
  startStub,
} from './support.ts';

const REQUESTS: readonly Ask[] = [
  { method: 'GET', target: '/secret/a' },
  { method: 'HEAD', target: '/secret/a' },
  { method: 'PUT', target: '/secret/a', body: 'plaintext' },
  { method: 'HEAD', target: '/secret' },
  { method: 'GET', target: '/secret?list-type=2' },
  { method: 'GET', target: '/' },
  { method: 'PUT', target: '/plain/a', body: 'x' },
];

interface Stand {
  readonly store: Stub;
  readonly front: Front;
  /** Where the store points: nobody may come. */
  readonly elsewhere: { readonly port: number; readonly sockets: readonly unknown[] };
  readonly say: (next: (request: IncomingMessage, response: ServerResponse) => void) => void;
}

async function stand(t: Test): Promise<Stand> {
  let answer: Parameters<Stand['say']>[0] = (_request, response) => void response.end();
  const store = await startStub(t, (request, response) => answer(request, response));
  const elsewhere = await socketStore(t, (socket) =>
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
  );
  const front = await startFront(t, { port: store.port });
  return {
    store,
    front,
    elsewhere,
    say: (next) => {
      answer = next;
    },
  };
}

/** Where `elsewhere` is called by name, so that it can be looked for. */
const NAME = 'bucket.store-of-somebody.test';
const REGION = 'elsewhere-9';
const LEADING =
  /elsewhere-9|store-of-somebody|^location|endpoint>|x-amz-bucket-region|alt-svc|^refresh|content-location/im;

for (const status of [300, 301, 302, 303, 305, 307, 308]) {
  t.test(`a redirect of ${status} can't lead anybody around the proxy`, async (t) => {
    const { store, front, elsewhere, say } = await stand(t);
    const code = status === 307 ? 'TemporaryRedirect' : 'PermanentRedirect';
    say((request, response) => {
      response.writeHead(status, {
        location: `http://127.0.0.1:${elsewhere.port}${request.url ?? ''}?at=${NAME}`,
        'x-amz-bucket-region': REGION,
        'content-type': 'application/xml',
      });
      response.end(
        `<Error><Code>${code}</Code><Message>Use ${NAME}.</Message><Endpoint>${NAME}</Endpoint><Bucket>secret</Bucket></Error>`,
      );
    });
    for (const request of REQUESTS) {
      const what = `${request.method} ${request.target}`;
      const answer = await ask(t, front.port, request);
      t.match(answer, { status: 503 }, what);
      t.notMatch(answer.text, LEADING, what);
      if (request.method !== 'HEAD') t.equal(answer.code, 'ServiceUnavailable');
    }
    t.equal(store.requests.length, REQUESTS.length, 'each was asked once');
    t.equal(elsewhere.sockets.length, 0, 'and nobody goes where it points');
    await eventually(() => front.log.length === REQUESTS.length);
    for (const { cause } of front.log)
      t.match(cause, /redirected with 30\d; check upstream\.endpoint.*elsewhere-9/);
  });
}

for (const code of [
  'PermanentRedirect',
  'TemporaryRedirect',
  'Redirect',
  'AuthorizationHeaderMalformed',
  'IncorrectEndpoint',
  'IllegalLocationConstraintException',
]) {
  t.test(`an error ${code} can't name another place`, async (t) => {
    const { front, say } = await stand(t);
    for (const status of [400, 403]) {
      say((_request, response) => {
        response.writeHead(status, {
          'x-amz-bucket-region': REGION,
          location: `https://${NAME}/`,
          'content-location': `https://${NAME}/`,
          refresh: `0; url=https://${NAME}/`,
          'alt-svc': `h2="${NAME}:443"`,
        });
        response.end(
          `<Error><Code>${code}</Code><Message>No.</Message><Endpoint>${NAME}</Endpoint><Region>${REGION}</Region><LocationConstraint>${REGION}</LocationConstraint></Error>`,
        );
      });
      for (const request of REQUESTS) {
        const answer = await ask(t, front.port, request);
        t.notMatch(answer.text, LEADING, `${request.method} ${request.target}`);
        t.ok(answer.status === 503 || answer.status === status);
      }
    }
  });
}

t.test("an answer that succeeds can't lead anybody around the proxy", async (t) => {
  const { front, say } = await stand(t);
  say((request, response) => {
    response.writeHead(200, {
      'x-amz-bucket-region': REGION,
      location: `http://${NAME}/`,
      'content-location': `http://${NAME}/`,
      refresh: `0; url=http://${NAME}/`,
      'alt-svc': `h2="${NAME}:443"; ma=86400`,
    });
    const service = request.url === '/';
    const list = `<ListAllMyBucketsResult><Buckets><Bucket><Name>secret</Name><BucketRegion>${REGION}</BucketRegion></Bucket></Buckets></ListAllMyBucketsResult>`;
    const body = request.url?.includes('list-type') ? '<ListBucketResult/>' : 'fine';
    response.end(request.method !== 'GET' ? '' : service ? list : body);
  });
  for (const request of [...REQUESTS, { method: 'PUT', target: '/secret' }]) {
    const answer = await ask(t, front.port, request);
    t.match(answer, { status: 200 }, `${request.method} ${request.target}`);
    // What the proxy itself says of a bucket: its region, and the path of one that was made.
    const theirs = answer.text.replace(/^(?:x-amz-bucket-region: eu-test-1|location: \/secret)\r$/gm, '');
    t.notMatch(theirs, LEADING, `${request.method} ${request.target}`);
  }
});

t.test("the store's region can't become the client's", async (t) => {
  const { front, say } = await stand(t);
  say((_request, response) => {
    response.end(`<LocationConstraint>${REGION}</LocationConstraint>`);
  });
  const answer = await ask(t, front.port, { method: 'GET', target: '/secret?location=' });
  const document = IN_OBS
    ? /<Location>eu-test-1<\/Location>$/
    : /<LocationConstraint [^>]*>eu-test-1<\/LocationConstraint>$/;
  t.match(answer, { status: 200, body: document });
  t.notMatch(answer.text, LEADING);
});

t.test("the Location of a completed upload can't name the store", async (t) => {
  const { front, say } = await stand(t);
  const spellings: readonly string[] = [
    `<Location>https://${NAME}/secret/a</Location>`,
    `<Location>https://${NAME}/secret/a</Location><Location>http://${NAME}/</Location>`,
    `<s3:Location xmlns:s3="urn:a">https://${NAME}/secret/a</s3:Location>`,
    `<Location xml:lang="en">https://${NAME}/secret/a</Location >`,
    `<Location><![CDATA[https://${NAME}/secret/a]]></Location>`,
    `<Location>\n  https://${NAME}/secret/a\n</Location>`,
  ];
  for (const location of spellings) {
    say((_request, response) => {
      response.end(
        `<?xml version="1.0"?><CompleteMultipartUploadResult>${location}<Bucket>secret</Bucket><ETag>"e-1"</ETag></CompleteMultipartUploadResult>`,
      );
    });
    const answer = await ask(t, front.port, {
      method: 'POST',
      target: pinnedTo(SSEC_KEY, '/secret/a%24%26b?uploadId=u'),
      body: '<CompleteMultipartUpload/>',
    });
    t.match(answer, {
      status: 200,
      body: new RegExp(`Location[^>]*>http://127.0.0.1:${front.port}/secret/a%24%26b</`),
    });
    t.match(answer.body, /<Bucket>secret<\/Bucket><ETag>"e-1"<\/ETag>/);
    t.notMatch(answer.text, NAME, location);
  }
});

t.test("a region in a request can't change where the proxy goes", async (t) => {
  const store = await startStub(t, (_request, response) => void response.end('fine'));
  const client = clientWith('roamer', { admin: true, grants: 'all' });
  const front = await startFront(t, { port: store.port, clients: [client] });
  const answer = await ask(t, front.port, {
    method: 'GET',
    target: '/secret/a',
    as: client,
    headers: { 'x-amz-bucket-region': REGION, 'x-forwarded-host': NAME, forwarded: `host=${NAME}` },
  });
  t.match(answer, { status: 200 });
  t.match(store.requests[0]?.headers, {
    host: `127.0.0.1:${store.port}`,
    authorization: /\/eu-test-1\/s3\//,
  });
});

/** A proxy before what calls itself AWS, where every name is this host, and what was looked up. */
async function awsStand(t: Test): Promise<Stand & { readonly names: readonly string[] }> {
  const own = await stand(t);
  const names: string[] = [];
  const front = await startFront(t, {
    port: own.store.port,
    upstream: { hostname: 's3.us-east-1.amazonaws.com', region: 'us-east-1' },
    lookup: (name, options, done) => {
      names.push(name);
      if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
      else done(null, '127.0.0.1', 4);
    },
  });
  return { ...own, front, names };
}

t.test("what a store says of a region can't make the proxy go anywhere but to AWS", async (t) => {
  const { store, front, elsewhere, say, names } = await awsStand(t);
  const spellings = [
    `127.0.0.1:${elsewhere.port}/`,
    `127.0.0.1:${elsewhere.port}#`,
    `${NAME}/`,
    `${NAME}#`,
    `x@${NAME}`,
    `eu-west-1.${NAME}`,
    `eu-west-1@${NAME}:443/`,
    'eu-west-1/../../',
    'eu-west-1%2f',
    'EU-WEST-1',
    'localhost',
    'us-east-1, eu-west-1',
    '',
  ];
  for (const [status, code] of [
    [301, 'PermanentRedirect'],
    [307, 'TemporaryRedirect'],
    [400, 'AuthorizationHeaderMalformed'],
  ] as const) {
    for (const region of spellings) {
      for (const headers of [{ 'x-amz-bucket-region': region }, {}]) {
        say((request, response) => {
          response.writeHead(status, {
            ...headers,
            location: `http://127.0.0.1:${elsewhere.port}${request.url ?? ''}?at=${NAME}`,
          });
          response.end(
            `<Error><Code>${code}</Code><Message>Use ${NAME}.</Message><Endpoint>${NAME}</Endpoint><Region>${region}</Region></Error>`,
          );
        });
        for (const request of REQUESTS.slice(0, 3)) {
          const what = `${status} ${region} ${request.method} ${request.target}`;
          const answer = await ask(t, front.port, request);
          t.equal(answer.status, status === 400 && request.method === 'HEAD' ? 400 : 503, what);
          t.notMatch(answer.text, /store-of-somebody|amazonaws|eu-west/i, what);
        }
      }
    }
  }
  t.equal(elsewhere.sockets.length, 0, 'nobody goes where it points');
  t.strictSame(new Set(names), new Set(['s3.us-east-1.amazonaws.com']));
  const hosts = new Set(store.requests.map(({ headers }) => headers.host));
  t.strictSame(hosts, new Set([`s3.us-east-1.amazonaws.com:${store.port}`]));
});

t.test("a store can't send the proxy back and forth", async (t) => {
  const { store, front, say, names } = await awsStand(t);
  say((request, response) => {
    const here = request.headers.host?.includes('us-east-1');
    response.writeHead(301, { 'x-amz-bucket-region': here ? 'eu-west-1' : 'us-east-1' }).end();
  });
  for (const request of REQUESTS) {
    const before = store.requests.length;
    t.match(await ask(t, front.port, request), { status: 503 });
    t.ok(store.requests.length - before <= 2, `${request.method} ${request.target}`);
  }
  t.ok(names.every((name) => /^s3\.(us-east|eu-west)-1\.amazonaws\.com$/.test(name)));
});
