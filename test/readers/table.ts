import { Readable } from 'node:stream';
import { translate } from '../../src/dialects/documents.ts';
import { OBS } from '../../src/dialects/obs.ts';
import { OBS_DOCUMENTS } from '../../src/dialects/obs-documents.ts';
import { unmarkedCondition } from '../../src/etag/conditions.ts';
import { markingEtags, markingListedEtags, unmarkingEtags } from '../../src/etag/documents.ts';
import { checkPolicy } from '../../src/forms/conditions.ts';
import { FormDecoder } from '../../src/forms/form-decoder.ts';
import { withToken } from '../../src/forms/internal-fields.ts';
import { boundaryOf, parsePartHead } from '../../src/forms/part-head.ts';
import { parsePolicy } from '../../src/forms/policy.ts';
import { putHeaders, putTarget, withFilename } from '../../src/forms/put-object.ts';
import { successOf } from '../../src/forms/success.ts';
import { readPod } from '../../src/inject/pod/pod.ts';
import { Refusal } from '../../src/inject/refusal.ts';
import { NotAReview, readReview } from '../../src/inject/review.ts';
import { forwardedFor } from '../../src/listener/forwarded-for.ts';
import { parseProxyHeader } from '../../src/listener/proxy-header.ts';
import { isPinned, unpinned } from '../../src/multipart/upload-id.ts';
import { pinningListedUploads } from '../../src/multipart/upload-list.ts';
import { readLateDocument } from '../../src/response/late-document.ts';
import { rootIn } from '../../src/response/root-name.ts';
import { parseStoreError, readErrorText } from '../../src/response/store-error.ts';
import { checkBodyHashes, checksumName } from '../../src/s3/body-hashes.ts';
import { canonicalOdd } from '../../src/s3/canonical-value.ts';
import { classify } from '../../src/s3/classify.ts';
import { withoutChecksums } from '../../src/s3/complete-document.ts';
import { readingDelete, writeDelete } from '../../src/s3/delete-document.ts';
import { reading, rootOf } from '../../src/s3/document.ts';
import { replacingElements } from '../../src/s3/element-text.ts';
import { S3Error } from '../../src/s3/errors.ts';
import { WireHeaders } from '../../src/s3/headers.ts';
import { decodePercent, encodeComponent, encodePath } from '../../src/s3/percent.ts';
import { requireOrdinaryHeaders } from '../../src/s3/persistent-headers.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { parseQuery, Query } from '../../src/s3/query.ts';
import { faultOf } from '../../src/s3/query-values.ts';
import { parseCopySource, parseTarget } from '../../src/s3/target.ts';
import { requireUnfolded } from '../../src/s3/unfolded.ts';
import { escapeXml } from '../../src/s3/xml.ts';
import { claimedDialect } from '../../src/signatures/claimed-dialect.ts';
import { OBS as OBS_SCHEME } from '../../src/sigv2/scheme.ts';
import { textToSign } from '../../src/sigv2/sign.ts';
import { readsAsParameter } from '../../src/sigv2/string-to-sign.ts';
import { canonicalPath, canonicalQuery } from '../../src/sigv4/canonical.ts';
import { parseTrailers, UNVERIFIED_CHUNKS } from '../../src/sigv4/chunk-trailers.ts';
import { parseAuthorization, parseCredential } from '../../src/sigv4/claim.ts';
import { payloadOf } from '../../src/sigv4/payload.ts';
import { toMilliseconds } from '../../src/sigv4/timestamp.ts';
import { blockingOf } from '../../src/ssec/blocked.ts';
import { clientKey } from '../../src/ssec/client-key.ts';
import { holdsKey, mayHoldKey } from '../../src/ssec/leak.ts';
import { parseTrace } from '../../src/tracing/traceparent.ts';
import { atOnce } from '../../src/turns.ts';
import { AnswerReader } from '../../src/upstream/direct/answer-reader.ts';
import { hopByHop, takesTrailers } from '../../src/upstream/hop-by-hop.ts';
import { canonicalName, isLocalhost } from '../../src/upstream/names/host-name.ts';
import { parseHosts } from '../../src/upstream/names/hosts-file.ts';
import { hasOtherSources } from '../../src/upstream/names/nsswitch.ts';
import { candidatesOf, parseResolvConf } from '../../src/upstream/names/resolv-conf.ts';
import { isRegion } from '../../src/upstream/regions.ts';
import { UpstreamError } from '../../src/upstream/upstream-error.ts';
import { decode, split } from '../support/decoding.ts';
import { codeOf } from '../support/failure.ts';
import { CLIENT, NOW, REGION, verifySent } from '../support/signed.ts';
import { snapshotOf, testSsecKey } from '../support/snapshot.ts';

/** Something that reads a text of a stranger: a client's, or a store's. */
export interface Reader {
  /** Texts that make it work the most, by what is in them → one of about so many characters. */
  readonly worst: Readonly<Record<string, (size: number) => string>>;
  /** Reads one. A refusal is an answer. */
  readonly read: (text: string) => unknown;
}

const rep =
  (piece: string, before = '', behind = '') =>
  (size: number): string =>
    before + piece.repeat(Math.max(1, Math.floor(size / piece.length))) + behind;
const numbered =
  (line: (i: number) => string, before = '', behind = '') =>
  (size: number): string => {
    const most = Math.ceil(size / line(0).length);
    return before + Array.from({ length: most }, (_, i) => line(i)).join('') + behind;
  };

/** What no reader should be slow for: blanks, and the letters that mean something somewhere. */
const SSEC = 'x-amz-server-side-encryption-customer-';
const LETTERS = Object.fromEntries(
  [' ', '\n', '<', '&', '"', '=', ';', ':', ',', '%', '/', '?', '\\', '+', '-', '0', 'a', '.', '~ssec1o'].map(
    (letter) => [`nothing but ${JSON.stringify(letter)}`, rep(letter, '', 'x')],
  ),
);

/** Documents with the root `R`. */
const DOCUMENTS = {
  'one element again and again': rep('<ETag>', '<R>'),
  'one element with its end': rep('<ETag>a</ETag>', '<R>', '</R>'),
  'empty elements': rep('<a/>', '<R>', '</R>'),
  'elements in elements': (size: number) => `<R>${'<a>'.repeat(size / 7)}${'</a>'.repeat(size / 7)}</R>`,
  'a name of many colons': rep('a:', '<R><', 'a/></R>'),
  attributes: rep(' a="b"', '<R', '></R>'),
  'attributes without values': rep(' a', '<R', '></R>'),
  'a quote that never ends': rep('<a b="', '<R>'),
  comments: rep('<!---->', '<R>', '</R>'),
  'comments that never end': rep('<!--', '<R>'),
  sections: rep('<![CDATA[<]]>', '<R>', '</R>'),
  instructions: rep('<?a?>', '<R>', '</R>'),
  entities: rep('&amp;', '<R>', '</R>'),
  ampersands: rep('&', '<R>', ';</R>'),
  'blanks in front': rep(' ', '', '<R/>'),
  'blanks in a tag': rep(' ', '<R', '></R>'),
  ends: rep('</a>', '<R>'),
  'lines of a list': rep(
    '<Contents><Key>s/1</Key><ETag>"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"</ETag></Contents>',
    '<R>',
    '</R>',
  ),
};
const documentsOf = (root: string): Reader['worst'] =>
  Object.fromEntries(
    Object.entries(DOCUMENTS).map(([name, make]) => [
      name,
      (size: number) =>
        make(size)
          .replace(/^(\s*)<R/, `$1<${root}`)
          .replace(/<\/R>$/, `</${root}>`),
    ]),
  );

const KEY = testSsecKey('readers');
const { rules } = snapshotOf({ rules: [{ bucket: 'b', encrypt: [KEY] }] });
const wire = (headers: Readonly<Record<string, string>>): WireHeaders =>
  new WireHeaders(Object.entries(headers).flat());
const fieldsOf = (fields: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(fields));
const policyOf = (text: string): string => Buffer.from(text).toString('base64');
const stream = (text: string, size = 16_384): Readable =>
  Readable.from(split(text, [size]), { objectMode: false });
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=client/20260601/${REGION}/s3/aws4_request, Signature=${'a'.repeat(64)}, SignedHeaders=`;

function answerReader(): AnswerReader {
  const ignore = (): void => undefined;
  const reports = {
    informed: ignore,
    progressed: ignore,
    answered: (response: Readable) => void response.resume().on('error', ignore),
  };
  return new AnswerReader('GET', reports, { wanted: ignore, full: ignore });
}

function told(operation: string, text: string): unknown {
  const difference = OBS_DOCUMENTS.get(operation);
  if (!difference) throw new Error(`no documents of ${operation}`);
  return [translate(text, difference, 'internal'), translate(text, difference, 'own')];
}

function nameOrCode(text: string): unknown {
  try {
    return canonicalName(text);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** How the texts of clients are read. */
const ADMISSION =
  '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"a","operation":"CREATE","resource":{"group":"","version":"v1","resource":"pods"},';

/** Of whoever reaches the injector. */
const OF_INJECTOR: Reader = {
  worst: {
    ...LETTERS,
    'lists in lists': rep('[', '', ''),
    'a long uid': rep(
      'a',
      '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"',
      '"}}',
    ),
    'a long namespace': rep('a-', `${ADMISSION}"namespace":"`, '","object":{}}}'),
    containers: rep(
      '{"name":"a","env":[]},',
      `${ADMISSION}"namespace":"a","object":{"metadata":{},"spec":{"containers":[`,
      '{"name":"a"}]}}}}',
    ),
    labels: numbered(
      (i) => `"l${i}":"a",`,
      `${ADMISSION}"namespace":"a","object":{"metadata":{"labels":{`,
      '"l":"a"}},"spec":{"containers":[]}}}}',
    ),
  },
  read: (text) => {
    try {
      const review = readReview(text);
      return 'pod' in review ? readPod(review.pod) : review;
    } catch (error) {
      if (error instanceof NotAReview || error instanceof Refusal) return error.message;
      throw error;
    }
  },
};

export const OF_CLIENTS: Readonly<Record<string, Reader>> = {
  'review of a pod': OF_INJECTOR,
  target: {
    worst: {
      ...LETTERS,
      escapes: rep('%41', '/bkt/'),
      parameters: numbered((i) => `${i.toString(36).padStart(4, '0')}&`, '/bkt/k?'),
      'the same parameter': rep('a&', '/bkt/k?'),
    },
    read: (text) => {
      const target = parseTarget(text, text.slice(0, 8192), ['s3.test']);
      encodePath(text);
      codeOf(() => classify('PUT', target, wire({ 'x-amz-copy-source': text })));
      return classify('GET', { ...target, query: target.query }, wire({})) && target.query.canonical();
    },
  },
  percent: {
    worst: { ...LETTERS, escapes: rep('%C3%BC'), bytes: rep('\u00c3\u00bc') },
    read: (text) => encodeComponent(decodePercent(text, { plusIsSpace: true })),
  },
  query: {
    worst: { ...LETTERS, names: rep('a&'), pairs: rep('a=&'), 'strict escapes': rep('%2F') },
    read: (text) => parseQuery(text).encode(),
  },
  'target to sign': {
    worst: { ...LETTERS, escapes: rep('%C3%BC'), 'escapes in lower case': rep('%c3%bc'), pairs: rep('a&b=') },
    read: (text) => [codeOf(() => canonicalPath(text)), codeOf(() => canonicalQuery(text))],
  },
  'value of a parameter': {
    worst: LETTERS,
    read: (text) =>
      ['uploadId', 'partNumber', 'response-expires', 'position', 'x-image-process'].map((name) =>
        faultOf({ name, value: text }),
      ),
  },
  'headers that an object brings': {
    worst: { ...LETTERS, pairs: rep('a:YQ==,'), names: rep('a', '', ':YQ==') },
    read: (text) => codeOf(() => requireOrdinaryHeaders(text)),
  },
  'SSE-C key of a client': {
    worst: LETTERS,
    read: (text) =>
      codeOf(() =>
        clientKey(
          'target',
          wire({ [`${SSEC}algorithm`]: 'AES256', [`${SSEC}key`]: text, [`${SSEC}key-md5`]: 'x' }),
        ),
      ),
  },
  'copy source': {
    worst: { ...LETTERS, versions: rep('?versionId=', 'bkt/k'), slashes: rep('/a', 'bkt') },
    read: (text) => parseCopySource(text),
  },
  'object key': {
    worst: { ...LETTERS, dots: rep('a/.a/..a/') },
    read: (text) => [requireUnfolded(text), escapeXml(text)],
  },
  host: { worst: { ...LETTERS, ports: rep(':1') }, read: (text) => parseTarget('/', text, ['s3.test']) },
  'PROXY protocol header': {
    worst: {
      ...LETTERS,
      'an address without end': rep('1', 'PROXY TCP4 '),
      blanks: rep(' ', 'PROXY UNKNOWN '),
      fields: rep('\0', '\r\n\r\n\0\r\nQUIT\n\x21\x11\x08\0'),
    },
    read: (text) => parseProxyHeader(Buffer.from(text, 'latin1')),
  },
  'X-Forwarded-For': {
    worst: {
      ...LETTERS,
      'trusted addresses': rep('10.0.0.1,'),
      'blanks around addresses': rep(' ', '10.0.0.1,', '10.0.0.2'),
    },
    read: (text) => forwardedFor('10.0.0.1', text, ['10.0.0.0/8']),
  },
  authorization: {
    worst: {
      ...LETTERS,
      'signed headers': numbered((i) => `;h${i}`, `${AUTHORIZATION}host`),
      components: numbered((i) => `,a${i}=b`, AUTHORIZATION),
      slashes: rep('/', 'AWS4-HMAC-SHA256 Credential=', ',Signature=a'),
    },
    read: (text) => {
      codeOf(() =>
        verifySent({ method: 'GET', rawTarget: '/bkt/k', headers: { host: 'h', authorization: text } }),
      );
      codeOf(() =>
        verifySent(
          { method: 'GET', rawTarget: '/bkt', headers: { host: 'h', authorization: `AWS ${text}:AAAA` } },
          { sigv2: true },
        ),
      );
      parseCredential(text, () => new S3Error('AccessDenied', 'x'));
      return parseAuthorization(text);
    },
  },
  'headers that are signed': {
    worst: {
      'many headers': numbered((i) => `x-amz-meta-${i}\n`),
      blanks: rep(' '),
      'words in blanks': rep(' a  '),
    },
    read: (text) => {
      const names = text.split('\n').filter(Boolean);
      const fields = Object.fromEntries(
        names.map((name) => [name.trim() === name ? name : 'x-amz-meta-x', text.slice(0, 99)]),
      );
      const signed = ['host', 'x-amz-date', 'x-amz-content-sha256', ...Object.keys(fields)].toSorted();
      const date = { 'x-amz-date': '20260601T120000Z', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
      const long = names.length > 1 ? {} : { 'x-amz-meta-x': text };
      return verifySent({
        method: 'GET',
        rawTarget: '/bkt/k',
        headers: { host: 'h', ...date, ...fields, ...long, authorization: AUTHORIZATION + signed.join(';') },
      });
    },
  },
  SigV2: {
    worst: { ...LETTERS, parameters: numbered((i) => `&x-amz-meta-${i}=1`) },
    read: (text) =>
      verifySent(
        {
          method: 'GET',
          rawTarget: `/bkt/k?AWSAccessKeyId=${CLIENT.accessKeyId}&Signature=AAAA&Expires=${NOW.getTime() / 1000 + 60}${text.startsWith('&') ? text : ''}`,
          headers: { host: 'h', date: text, 'content-type': text, 'x-amz-meta-a': text },
        },
        { sigv2: true },
      ),
  },
  'signature of OBS': {
    worst: {
      ...LETTERS,
      parameters: numbered((i) => `&x-obs-meta-${i}=1`),
      'values that read like parameters': rep('%26acl', '&name='),
    },
    read: (text) =>
      verifySent(
        {
          method: 'GET',
          rawTarget: `/bkt/k?AccessKeyId=${CLIENT.accessKeyId}&Signature=AAAA&Expires=${NOW.getTime() / 1000 + 60}${text.startsWith('&') ? text : ''}`,
          headers: { host: 'h', date: text, 'content-type': text, 'x-obs-meta-a': text },
        },
        { obs: true },
      ),
  },
  'text to sign for OBS': {
    worst: { ...LETTERS, escapes: rep('%C3%BC'), pairs: rep('acl&b='), 'read as parameters': rep('&acl') },
    read: (text) => [
      codeOf(() =>
        textToSign({
          method: 'GET',
          path: `/k?${text}`,
          bucket: 'bkt',
          headers: { 'x-obs-meta-a': text, 'x-obs-meta-b': text },
        }),
      ),
      readsAsParameter(new Query([{ name: 'name', value: text, hasEquals: true }]), OBS_SCHEME),
      claimedDialect(wire({ authorization: text }), `/?${text}`),
    ],
  },
  'signature of OBS in the header': {
    worst: LETTERS,
    read: (text) => {
      for (const authorization of ['OBS client:AAAA', `OBS ${text}:AAAA`, `OBS client:${text}`])
        codeOf(() =>
          verifySent(
            { method: 'GET', rawTarget: '/bkt/k', headers: { host: 'h', date: text, authorization } },
            { obs: true },
          ),
        );
    },
  },
  'token of a form': {
    worst: { ...LETTERS, colons: rep(':') },
    read: (text) => withToken(new Map([['token', text]]), OBS),
  },
  'SigV2 in the header': {
    worst: LETTERS,
    read: (text) =>
      verifySent(
        {
          method: 'GET',
          rawTarget: '/bkt/k',
          headers: { host: 'h', date: text, authorization: 'AWS client:AAAA' },
        },
        { sigv2: true },
      ),
  },
  'presigned query': {
    worst: { ...LETTERS, credential: rep('%2F'), hoisted: numbered((i) => `&X-Amz-Meta-${i}=1`) },
    read: (text) =>
      verifySent({
        method: 'GET',
        rawTarget: `/bkt/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=client%2F20260601%2F${REGION}%2Fs3%2Faws4_request&X-Amz-Date=20260601T120000Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host&X-Amz-Signature=${'a'.repeat(64)}&a=${text.replaceAll(' ', '')}`,
        headers: { host: 'h' },
      }),
  },
  'small values of headers': {
    worst: LETTERS,
    read: (text) => [
      codeOf(() => payloadOf(text)),
      toMilliseconds(text),
      checksumName(text),
      hopByHop(text)('a'),
      takesTrailers(text),
      unmarkedCondition('if-match', text, () => true),
      isPinned(text),
      unpinned(text),
      isRegion(text, { provider: PROVIDERS.aws }),
      isRegion(text, { provider: PROVIDERS.obs }),
    ],
  },
  'a trace': {
    worst: { ...LETTERS, zeros: rep('0'), entries: rep('a=b,'), value: (size) => `a=${'b'.repeat(size)}` },
    read: (text) => [
      parseTrace(text, undefined),
      parseTrace(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, text),
    ],
  },
  'ETags in a condition': {
    worst: { tags: rep('"a",'), weak: rep('W/"') },
    read: (text) => unmarkedCondition('if-match', text, () => true),
  },
  'white space in a signed value': {
    worst: {
      ...LETTERS,
      spaces: rep(' ', 'a', 'b'),
      'spaces and tabs': rep(' \t', 'a', 'b'),
      'single spaces': rep(' a'),
      wide: rep('\u00E2\u0080\u0083', 'a', 'b'),
      'wide ones between letters': rep('a\u00C2\u00A0'),
      'beginnings of wide ones': rep('\u00E2\u0080'),
    },
    read: (text) =>
      (['untouched', 'spaces', 'blanks', 'first', 'unicode'] as const).map((form) =>
        canonicalOdd(text, form),
      ),
  },
  trailers: {
    worst: { ...LETTERS, names: numbered((i) => `a${i}:b\n`), 'blanks in a value': rep(' ', 'a:b', 'c\r\n') },
    read: (text) => parseTrailers(text, ['a'], undefined, ''),
  },
  'chunk framing that is signed': {
    worst: { 'a line without end': rep('0'), lines: rep('0\r\n') },
    read: (text) => {
      const options = { decodedLength: 0, signatures: UNVERIFIED_CHUNKS, trailers: undefined };
      return decode(split(text, [16_384]), options);
    },
  },
  'chunk framing': {
    worst: {
      'a byte a chunk': (size) => `${'1\r\na\r\n'.repeat(size / 6)}0\r\n\r\n`,
      'lines behind the last chunk': rep('\n', '0\r\n'),
      'blanks behind the last chunk': rep(' ', '0\r\n', '\r\n'),
      'a line without end': rep('0'),
    },
    read: (text) => {
      const decodedLength = text.startsWith('1') ? Math.floor((text.length - 5) / 6) : 0;
      return decode(split(text, [16_384]), { decodedLength, signatures: undefined, trailers: ['a'] });
    },
  },
  'body hashes': {
    worst: LETTERS,
    read: async (text) => {
      for (const name of ['content-md5', 'x-amz-checksum-crc32', 'x-amz-content-sha256'])
        await checkBodyHashes(wire({ [name]: text }), Buffer.alloc(0)).catch(() => {});
    },
  },
  DeleteObjects: {
    worst: {
      ...documentsOf('Delete'),
      objects: rep('<Object><Key>a</Key></Object>', '<Delete>', '</Delete>'),
      'a long key': rep('&amp;', '<Delete><Object><Key>', '</Key></Object></Delete>'),
    },
    read: (text) => writeDelete(atOnce(readingDelete(text))),
  },
  CompleteMultipartUpload: {
    worst: { ...LETTERS, ...DOCUMENTS },
    read: (text) => atOnce(unmarkingEtags(text)),
  },
  'settings in the dialect of OBS': {
    worst: {
      ...documentsOf('LifecycleConfiguration'),
      rules: rep('<Rule><ID>a</ID></Rule>', '<LifecycleConfiguration>', '</LifecycleConfiguration>'),
      'rules in rules': (size) =>
        `<LifecycleConfiguration>${'<Rule>'.repeat(size / 13)}${'</Rule>'.repeat(size / 13)}</LifecycleConfiguration>`,
      'a long text': rep(
        '&amp;',
        '<LifecycleConfiguration><Rule><ID>',
        '</ID></Rule></LifecycleConfiguration>',
      ),
    },
    read: (text) => told('PutBucketLifecycleConfiguration', text),
  },
  'ACL in the dialect of OBS': {
    worst: {
      ...documentsOf('AccessControlPolicy'),
      grants: rep(
        '<Grant><Grantee><ID>a</ID></Grantee><Permission>READ</Permission></Grant>',
        '<AccessControlPolicy><AccessControlList>',
        '</AccessControlList></AccessControlPolicy>',
      ),
      lists: rep('<AccessControlList/>', '<AccessControlPolicy>', '</AccessControlPolicy>'),
    },
    read: (text) => told('PutBucketAcl', text),
  },
  'CompleteMultipartUpload without its checksums': {
    worst: {
      ...DOCUMENTS,
      'checksums of parts': rep(
        '<Part><PartNumber>1</PartNumber><ETag>a</ETag><ChecksumCRC32>AAAA</ChecksumCRC32></Part>',
        '<CompleteMultipartUpload>',
        '</CompleteMultipartUpload>',
      ),
      'elements of one part': rep(
        '<ETag>a</ETag>',
        '<CompleteMultipartUpload><Part><ChecksumCRC32>A</ChecksumCRC32>',
        '</Part></CompleteMultipartUpload>',
      ),
    },
    read: (text) => atOnce(withoutChecksums(text)),
  },
  form: {
    worst: {
      fields: numbered((i) => `--B\r\nContent-Disposition: form-data; name="x-amz-meta-${i}"\r\n\r\na\r\n`),
      'blanks in a head': rep(' ', '--B\r\nContent-Disposition:', '\r\n\r\n'),
      'no end of a head': rep('a: b\r\n', '--B\r\n'),
      'delimiters in a file': rep(
        '\r\n--',
        '--B\r\nContent-Disposition: form-data; name="file"\r\n\r\n',
        '\r\n--B--\r\n',
      ),
    },
    read: async (text) => {
      const decoder = new FormDecoder('B', Buffer.byteLength(text));
      stream(text).pipe(decoder);
      await decoder.head;
      await decoder.fileLength();
      for await (const _bytes of decoder);
    },
  },
  'head of a part': {
    worst: {
      ...LETTERS,
      'blanks before a line feed': rep(' ', 'Content-Disposition:', '\nx'),
      parameters: numbered((i) => `;a${i}="\\""`, 'Content-Disposition: form-data; name="a"'),
      quotes: rep('\\"', 'Content-Disposition: form-data; name="'),
      lines: rep('a: b\r\n'),
    },
    read: (text) => parsePartHead(Buffer.from(text)),
  },
  'Content-Type of a form': {
    worst: {
      ...LETTERS,
      boundaries: rep('; boundary="a'),
      blanks: rep(' ', 'multipart/form-data; boundary=a', 'x'),
    },
    read: (text) => boundaryOf(text),
  },
  'object key of a form': {
    worst: { names: rep(`$\{filename}`), one: rep('a', `$\{filename}`) },
    read: (text) => putTarget('bkt', withFilename({ fields: fieldsOf({ key: text }), filename: text })),
  },
  'fields of a form': {
    worst: { ...LETTERS, ...documentsOf('Tagging') },
    read: (text) => [
      codeOf(() => putHeaders(fieldsOf({ 'x-amz-meta-a': text }))),
      codeOf(() => putHeaders(fieldsOf({ tagging: text }))),
      successOf(fieldsOf({ redirect: text })),
    ],
  },
  policy: {
    worst: {
      'base64 of nothing but ends': rep('=', '', 'A'),
      conditions: (size) =>
        policyOf(
          rep(
            ',{"a":"b"}',
            '{"expiration":"2099-01-01T00:00:00Z","conditions":[{"a":"b"}',
            ']}',
          )((size * 3) / 4),
        ),
      escapes: (size) => policyOf(rep('\\$', '{"a":"', '"}')((size * 3) / 4)),
      brackets: (size) => policyOf(rep('[')((size * 3) / 4)),
      'blanks at the end': (size) => policyOf(rep(' ', '{"a":[1,]}')((size * 3) / 4)),
      'a list in Content-Type': (size) =>
        policyOf(
          rep(
            ',',
            '{"expiration":"2099-01-01T00:00:00Z","conditions":[["starts-with","$Content-Type","',
            '"],["content-length-range","1","2"]]}',
          )((size * 3) / 4),
        ),
    },
    read: (text) =>
      checkPolicy(
        parsePolicy(text, 'taken'),
        { bucket: 'b', fields: fieldsOf({ key: 'a', 'content-type': text }), length: 1 },
        NOW,
      ),
  },
};

/** How the texts of stores are read. */
export const OF_STORES: Readonly<Record<string, Reader>> = {
  document: {
    worst: { ...LETTERS, ...DOCUMENTS },
    read: (text) => [rootOf(text), atOnce(reading(text, 'R'))],
  },
  'list in the dialect of OBS': {
    worst: {
      ...DOCUMENTS,
      classes: rep('<StorageClass>WARM</StorageClass>', '<R>', '</R>'),
      'a long class': rep(' ', '<R><StorageClass>', '</StorageClass></R>'),
    },
    read: (text) => told('ListObjects', text),
  },
  'root of a document': { worst: { ...LETTERS, ...DOCUMENTS }, read: (text) => rootIn(text) },
  'error document': {
    worst: {
      ...documentsOf('Error'),
      'a code': rep('a', '<Error><Code>', '</Code></Error>'),
      'blanks in a code': rep(' ', '<Error><Code>', 'a b</Code></Error>'),
    },
    read: async (text) => [
      parseStoreError(text, [KEY]),
      parseStoreError((await readErrorText(stream(text), 60_000)).text, []),
    ],
  },
  'late document': {
    worst: {
      ...LETTERS,
      'blanks behind a declaration': rep(' ', '<?xml version="1.0"?>'),
      'a declaration without end': rep('a', '<?xml '),
    },
    read: (text) => readLateDocument(stream(text, 512), { limit: 60_000, longest: 2 ** 30 }),
  },
  'late document in small pieces': {
    worst: { elements: rep('<a/>'), blanks: rep(' ') },
    read: (text) => readLateDocument(stream(text, 16), { limit: 60_000, longest: 2 ** 30 }),
  },
  'ETags of one object': { worst: { ...LETTERS, ...DOCUMENTS }, read: (text) => atOnce(markingEtags(text)) },
  'list of objects': {
    worst: {
      ...LETTERS,
      ...DOCUMENTS,
      encodings: rep('<EncodingType>', '<R>'),
      keys: rep('<Contents><Key><![CDATA[a]]></Key></Contents>', '<R>', '</R>'),
    },
    read: (text) => atOnce(markingListedEtags(Buffer.from(text), () => true)),
  },
  'list of objects under one rule': {
    worst: {
      ...LETTERS,
      ...DOCUMENTS,
      empty: rep('<a/>', '<R>'),
      texts: rep('<a>a</a>', '<R>'),
      nested: rep('<a><a></a><a>a</a></a>', '<R><Contents>'),
      objects: rep('<Contents><ETag>a</ETag><a><a/></a></Contents>', '<R>'),
      etags: rep(`<ETag>&quot;${'a'.repeat(32)}`, '<R><Contents>'),
      written: rep(`<Contents><ETag>&#34;&#97;${'a'.repeat(31)}&#34;</ETag></Contents>`, '<R>', '</R>'),
      attributes: rep(' a="a"', '<R'),
      encoded: rep('%41', '<R><EncodingType>url</EncodingType><a>', '</a></R>'),
    },
    read: (text) => atOnce(markingListedEtags(Buffer.from(text), 'all')),
  },
  'list of uploads': {
    worst: {
      ...documentsOf('ListMultipartUploadsResult'),
      uploads: numbered(
        (i) => `<Upload><Key>a</Key><UploadId>${1e6 + i}</UploadId></Upload>`,
        '<ListMultipartUploadsResult>',
        '</ListMultipartUploadsResult>',
      ),
    },
    read: (text) =>
      atOnce(
        pinningListedUploads(text, {
          bucket: 'b',
          uploadIdMarker: 'a',
          encoded: false,
          rules,
          keyOf: () => undefined,
        }),
      ),
  },
  'id of an upload': {
    worst: { ...LETTERS, ...DOCUMENTS },
    read: (text) => atOnce(replacingElements(text, 'UploadId', () => 'a')),
  },
  'text that may hold a key': {
    worst: {
      ...LETTERS,
      escapes: rep('%25'),
      references: rep('&amp;#x41;'),
      octal: rep('\\101'),
      'the beginning of a key': rep(KEY.base64.slice(0, 11)),
    },
    read: (text) => holdsKey(text, [KEY, testSsecKey('another')]),
  },
  'headers that may hold a key': {
    worst: { ...LETTERS, equals: rep('='), 'the beginning of a key': rep(KEY.base64.slice(0, 11)) },
    read: (text) => mayHoldKey(['x', text], [KEY, testSsecKey('another')]),
  },
  'message of a refusal': {
    worst: { ...LETTERS, beginnings: rep('with an explicit deny in a ') },
    read: (text) => blockingOf({ code: 'AccessDenied', message: text }),
  },
  'answer over the direct transport': {
    worst: {
      ...LETTERS,
      'a head that never ends': rep('a: b\r\n', 'HTTP/1.1 200 OK\r\n'),
      'blanks around a value': rep(' ', 'HTTP/1.1 200 OK\r\na:', 'b\r\n'),
      'options of the connection': rep('a,', 'HTTP/1.1 200 OK\r\nconnection: ', 'b\r\n\r\n'),
      'informational answers': rep('HTTP/1.1 103 Early\r\n\r\n'),
      'chunks of a byte': rep('1\r\na\r\n', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'),
      'extensions of chunks': rep(';a="b"', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1', '\r\n'),
      trailers: rep('a: b\r\n', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n', '\r\n'),
    },
    read: (text) => {
      const reader = answerReader();
      try {
        for (const piece of split(text, [16_384])) reader.feed(piece);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
      }
    },
  },
  'files that say how names are resolved': {
    worst: {
      ...LETTERS,
      'one name again and again': rep('192.0.2.1 a\n'),
      'names with many addresses': numbered((i) => `2001:db8::${(i % 65_536).toString(16)} a\n`),
      aliases: numbered((i) => ` a${i}`, '192.0.2.1'),
      searches: rep('search a b c\n'),
      servers: rep('nameserver 192.0.2.1\n'),
      options: rep('options ndots:5 '),
      'lines of options': rep('options ndots:5\n'),
      sources: rep('files [ a ] ', 'hosts: '),
      'lines of sources': rep('hosts\n'),
    },
    read: (text) => [
      parseHosts(text),
      parseResolvConf(text, { hostname: text, environment: { LOCALDOMAIN: text, RES_OPTIONS: text } }),
      parseResolvConf('', { hostname: text, environment: {} }),
      hasOtherSources(text),
    ],
  },
  'host name': {
    worst: { ...LETTERS, labels: rep('a.'), dots: rep('.'), 'not ASCII': rep('ü') },
    read: (text) => [
      nameOrCode(text),
      isLocalhost(text),
      candidatesOf(text, parseResolvConf('search a b', { hostname: '', environment: {} })),
    ],
  },
};
