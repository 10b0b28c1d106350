import t, { type Test } from 'tap';
import { exchangeOf, httpStore, startWire, WIRE_KEY } from '../e2e/wire.ts';
import { pinnedTo } from '../support/pinned.ts';

/** What a client gets for a document of the store. */
async function relayed(
  t: Test,
  { line, headers = [], document }: { line: string; headers?: readonly string[]; document: string },
): Promise<string> {
  const store = await httpStore(t, (_request, response) => void response.end(document));
  const { port } = await startWire(t, store);
  return await exchangeOf(t, port, [`${line} HTTP/1.1`, ...headers]);
}

const COPY = { line: 'PUT /secret/a', headers: ['x-amz-copy-source: /secret/b', 'Content-Length: 0'] };
const COMPLETE = {
  line: `POST ${pinnedTo(WIRE_KEY, '/secret/a?uploadId=u')}`,
  headers: ['Content-Length: 0'],
};

t.test('gives on the outcome of a copy as the store wrote it', async (t) => {
  const outcome =
    '<CopyObjectResult><ETag>&quot;e&quot;</ETag><ChecksumCRC32>AAAA</ChecksumCRC32></CopyObjectResult>';
  const answer = await relayed(t, { ...COPY, document: `<?xml version="1.0"?>\n${outcome}` });
  t.match(answer, /^HTTP\/1\.1 200 /);
  t.ok(answer.endsWith(`<?xml version="1.0" encoding="UTF-8"?>\n${outcome}`), answer);
});

t.test('says that it does not know how a copy went when the store does not say so', async (t) => {
  for (const document of [
    '',
    'fine',
    '<html/>',
    '<CopyObjectResult><ETag>',
    '<CompleteMultipartUploadResult/>',
  ]) {
    const answer = await relayed(t, { ...COPY, document });
    t.match(answer, /<Error><Code>InternalError<\/Code>/, document);
  }
});

t.test('leads clients to the proxy by the Location of an upload', async (t) => {
  const answer = await relayed(t, {
    ...COMPLETE,
    document:
      '<CompleteMultipartUploadResult><Location>https://store.test/secret/a</Location><Key>a</Key></CompleteMultipartUploadResult>',
  });
  t.match(answer, '<Location>http://127.0.0.1/secret/a</Location><Key>a</Key>');
});

t.test('lists the buckets that rules name, without the region of the store', async (t) => {
  const bucket = (name: string): string =>
    `<Bucket><Name>${name}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate><BucketRegion>r</BucketRegion></Bucket>`;
  const owner = '<Owner><ID>i</ID><DisplayName>a &amp; b</DisplayName></Owner>';
  const answer = await relayed(t, {
    line: 'GET /',
    document: `<ListAllMyBucketsResult>${owner}<Buckets>${['secret', 'nobodys', 'plain'].map(bucket).join('')}</Buckets></ListAllMyBucketsResult>`,
  });
  t.same(
    [...answer.matchAll(/<Name>([^<]*)</g)].map(([, name]) => name),
    ['secret', 'plain'],
  );
  t.match(answer, owner);
  t.equal(answer.match(/<CreationDate>/g)?.length, 2);
  t.notMatch(answer, 'BucketRegion');
});

t.test('shows nothing of a list of buckets that it can not read', async (t) => {
  for (const document of [
    '',
    '<ListAllMyBucketsResult><Bucket><Name>nobodys</Name>',
    '<Buckets>nobodys</Buckets>',
  ]) {
    const answer = await relayed(t, { line: 'GET /', document });
    t.match(answer, /^HTTP\/1\.1 500 [\s\S]*<Code>InternalError</, document);
    t.notMatch(answer, 'nobodys');
  }
});

t.test('answers for the region of the proxy', async (t) => {
  const document = '<LocationConstraint>elsewhere-9</LocationConstraint>';
  const answer = await relayed(t, { line: 'GET /secret?location', document });
  t.match(answer, /<LocationConstraint [^>]*>eu-test-1<\/LocationConstraint>$/);
});
