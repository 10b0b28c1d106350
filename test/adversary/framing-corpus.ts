/** One raw request, and what must become of it. */
export interface Case {
  readonly name: string;
  /** One character a byte. */
  readonly bytes: string;
  readonly verdict: Verdict;
}

/**
 * `refused`: a 4xx, the connection ends, and what stands behind it is no request. `declined`: an error about what the
 * request means; where it ends is clear, and the next one is served. `forwarded`: exactly this reaches the store.
 */
type Verdict =
  | { readonly kind: 'refused' }
  | { readonly kind: 'declined' }
  | {
      readonly kind: 'forwarded';
      readonly method: string;
      readonly target: string;
      readonly body: string;
      /** The connection ends with the answer: what stands behind it is not even read. */
      readonly ends: boolean;
      /** Fields that must have arrived; undefined for those that must not. */
      readonly headers: Readonly<Record<string, string | undefined>>;
    };

type Forwarded = Extract<Verdict, { kind: 'forwarded' }>;

const HOST = 'Host: 127.0.0.1';
const REFUSED: Verdict = { kind: 'refused' };
const DECLINED: Verdict = { kind: 'declined' };
const LIMIT = 32 * 1024;

/** A whole request of these lines, with a Host. */
function request(line: string, fields: readonly string[] = [], body = ''): string {
  return raw([line, HOST, ...fields], body);
}

function raw(lines: readonly string[], body = ''): string {
  return `${[...lines, '', ''].join('\r\n')}${body}`;
}

function forwarded(
  method: string,
  target: string,
  { body = '', headers = {}, ends = false }: Partial<Pick<Forwarded, 'body' | 'headers' | 'ends'>> = {},
): Verdict {
  return { kind: 'forwarded', method, target, body, headers, ends };
}

const GOT = forwarded('GET', '/plain/a');
const put = (body: string): Verdict => forwarded('PUT', '/plain/a', { body });

const cases = (verdict: Verdict, named: Readonly<Record<string, string>>): Case[] =>
  Object.entries(named).map(([name, bytes]) => ({ name, bytes, verdict }));

const get = (...fields: string[]): string => request('GET /plain/a HTTP/1.1', fields);
const putting = (fields: readonly string[], body = 'body'): string =>
  request('PUT /plain/a HTTP/1.1', fields, body);
const chunked = (body: string, ...fields: string[]): string =>
  putting(['Transfer-Encoding: chunked', ...fields], body);

const LENGTHS: Case[] = [
  ...cases(REFUSED, {
    'Content-Length with Transfer-Encoding': putting(
      ['Content-Length: 4', 'Transfer-Encoding: chunked'],
      '0\r\n\r\n',
    ),
    'Transfer-Encoding with Content-Length': putting(
      ['Transfer-Encoding: chunked', 'Content-Length: 4'],
      '0\r\n\r\n',
    ),
    'Transfer-Encoding identity with Content-Length': putting([
      'Content-Length: 4',
      'Transfer-Encoding: identity',
    ]),
    'two lengths that differ': putting(['Content-Length: 4', 'Content-Length: 5']),
    'two lengths that are the same': putting(['Content-Length: 4', 'Content-Length: 4']),
    'two lengths, one of them 0': putting(['Content-Length: 0', 'Content-Length: 4']),
    'two lengths in two spellings': putting(['Content-Length: 4', 'content-LENGTH: 4']),
    'two lengths on one line': putting(['Content-Length: 4, 4']),
    'two lengths on one line that differ': putting(['Content-Length: 4,5']),
    'a length with a plus': putting(['Content-Length: +4']),
    'a length below zero': putting(['Content-Length: -4']),
    'a length in hex': putting(['Content-Length: 0x4']),
    'a length with a fraction': putting(['Content-Length: 4.0']),
    'a length with an exponent': putting(['Content-Length: 4e0']),
    'a length with a unit': putting(['Content-Length: 4 bytes']),
    'a length with a space inside': putting(['Content-Length: 1 2']),
    'a length with an underscore': putting(['Content-Length: 1_0']),
    'a length in quotes': putting(['Content-Length: "4"']),
    'a length of letters': putting(['Content-Length: four']),
    'a length of nothing': putting(['Content-Length: '], ''),
    'a length that octal readers halve': putting(['Content-Length: 010'], '0123456789'),
    'a length with a zero in front': putting(['Content-Length: 04']),
    'a zero of several digits': putting(['Content-Length: 00'], ''),
    'a length in full-width digits': putting(['Content-Length: \xef\xbc\x94']),
    'a length beyond 64 bits': putting(['Content-Length: 18446744073709551620']),
    'a length beyond all numbers': putting([`Content-Length: ${'9'.repeat(400)}`]),
    'a length beyond exact numbers': putting(['Content-Length: 9007199254740993']),
    'a length after a NUL': putting(['Content-Length: \x004']),
    'a length before a vertical tab': putting(['Content-Length: 4\x0b']),
    'a length with an underscore in its name': putting(['Content_Length: 4'], ''),
    'a length with an underscore in its name beside the true one': putting([
      'Content-Length: 4',
      'Content_Length: 0',
    ]),
  }),
  ...cases(put('body'), {
    'a body of its length': putting(['Content-Length: 4']),
    'a length in upper case': putting(['CONTENT-LENGTH: 4']),
    'a length without a space': putting(['Content-Length:4']),
    'a length with tabs around it': putting(['Content-Length:\t4\t']),
  }),
  ...cases(put(''), {
    'a length of 0': putting(['Content-Length: 0'], ''),
  }),
  ...cases(put('GET /plain/inner HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'), {
    'a request inside of a body': putting(
      ['Content-Length: 46'],
      'GET /plain/inner HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    ),
  }),
  ...cases(put('\x00\x01\xff\r\n\r\n'), {
    'a body of any bytes': putting(['Content-Length: 7'], '\x00\x01\xff\r\n\r\n'),
  }),
  ...cases(DECLINED, {
    'a PUT without any length': putting([], ''),
  }),
  ...cases(forwarded('GET', '/plain/a', { body: 'body' }), {
    'a GET with a body': request('GET /plain/a HTTP/1.1', ['Content-Length: 4'], 'body'),
  }),
  ...cases(forwarded('DELETE', '/plain/a', { body: 'body' }), {
    'a DELETE with a body': request('DELETE /plain/a HTTP/1.1', ['Content-Length: 4'], 'body'),
  }),
  ...cases(forwarded('HEAD', '/plain/a', { body: 'body' }), {
    'a HEAD with a body': request('HEAD /plain/a HTTP/1.1', ['Content-Length: 4'], 'body'),
  }),
];

const CODINGS: Case[] = cases(REFUSED, {
  'a chunked body': chunked('4\r\nbody\r\n0\r\n\r\n'),
  'a chunked body of nothing': chunked('0\r\n\r\n'),
  'a chunked GET': request('GET /plain/a HTTP/1.1', ['Transfer-Encoding: chunked'], '0\r\n\r\n'),
  'a chunked DELETE': request('DELETE /plain/a HTTP/1.1', ['Transfer-Encoding: chunked'], '0\r\n\r\n'),
  'a chunked body with trailers': chunked('4\r\nbody\r\n0\r\nX-Trailer: 1\r\n\r\n'),
  'a trailer that is a length': chunked('4\r\nbody\r\n0\r\nContent-Length: 4\r\n\r\n'),
  'a chunk size with a prefix': chunked('0x4\r\nbody\r\n0\r\n\r\n'),
  'a chunk size with a plus': chunked('+4\r\nbody\r\n0\r\n\r\n'),
  'a chunk size below zero': chunked('-4\r\nbody\r\n0\r\n\r\n'),
  'a chunk size of letters': chunked('xyz\r\nbody\r\n0\r\n\r\n'),
  'a chunk size of nothing': chunked('\r\nbody\r\n0\r\n\r\n'),
  'a chunk size after a space': chunked(' 4\r\nbody\r\n0\r\n\r\n'),
  'a chunk size before a space': chunked('4 \r\nbody\r\n0\r\n\r\n'),
  'a chunk size beyond 64 bits': chunked('10000000000000004\r\nbody\r\n0\r\n\r\n'),
  'a chunk size of many zeros': chunked(`${'0'.repeat(40)}4\r\nbody\r\n0\r\n\r\n`),
  'a chunk size and a bare line feed': chunked('4\nbody\r\n0\r\n\r\n'),
  'a chunk size and a bare carriage return': chunked('4\rbody\r\n0\r\n\r\n'),
  'a chunk that is longer than its size': chunked('4\r\nbodybody\r\n0\r\n\r\n'),
  'a chunk that ends with a bare line feed': chunked('4\r\nbody\n0\r\n\r\n'),
  'a chunk extension': chunked('4;name=value\r\nbody\r\n0\r\n\r\n'),
  'a chunk extension in quotes': chunked('4;name="va\\"lue"\r\nbody\r\n0\r\n\r\n'),
  'a chunk extension with a line feed': chunked('4;a\nb\r\nbody\r\n0\r\n\r\n'),
  'a chunk extension with a carriage return': chunked('4;a\rb\r\nbody\r\n0\r\n\r\n'),
  'a chunk extension over the limit': chunked(`4;${'x'.repeat(40_000)}\r\nbody\r\n0\r\n\r\n`),
  'chunk extensions over the limit together': chunked(
    `${`1;${'x'.repeat(900)}\r\nb\r\n`.repeat(40)}0\r\n\r\n`,
  ),
  'a trailer with a space in its name': chunked('0\r\nX Trailer: 1\r\n\r\n'),
  'trailers over the limit': chunked(`0\r\nX-Trailer: ${'x'.repeat(40_000)}\r\n\r\n`),
  'gzip, chunked': putting(['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'),
  'chunked, gzip': putting(['Transfer-Encoding: chunked, gzip'], '0\r\n\r\n'),
  'chunked, chunked': putting(['Transfer-Encoding: chunked, chunked'], '0\r\n\r\n'),
  'chunked on two lines': chunked('0\r\n\r\n', 'Transfer-Encoding: chunked'),
  'identity alone': putting(['Transfer-Encoding: identity'], ''),
  'chunked and identity': chunked('0\r\n\r\n', 'Transfer-Encoding: identity'),
  'a coding of nothing': putting(['Transfer-Encoding: '], ''),
  'a comma for a coding': putting(['Transfer-Encoding: ,'], ''),
  'a coding that nobody knows': putting(['Transfer-Encoding: cow'], ''),
  'chunked with a letter in front': putting(['Transfer-Encoding: xchunked'], '0\r\n\r\n'),
  'chunked with a parameter': putting(['Transfer-Encoding: chunked;q=1'], '0\r\n\r\n'),
  'chunked in quotes': putting(['Transfer-Encoding: "chunked"'], '0\r\n\r\n'),
  'chunked in upper case': putting(['TRANSFER-ENCODING: CHUNKED'], '0\r\n\r\n'),
  'chunked after a vertical tab': putting(['Transfer-Encoding:\x0bchunked'], '0\r\n\r\n'),
  'chunked before a form feed': putting(['Transfer-Encoding: chunked\x0c'], '0\r\n\r\n'),
  'chunked before a NUL': putting(['Transfer-Encoding: chunked\x00'], '0\r\n\r\n'),
  'chunked on a folded line': putting(['Transfer-Encoding:\r\n chunked'], '0\r\n\r\n'),
  'a coding with a space before its colon': putting(['Transfer-Encoding : chunked'], '0\r\n\r\n'),
  'a coding with a space in front': putting([' Transfer-Encoding: chunked'], '0\r\n\r\n'),
  'a coding with an underscore in its name': putting(['Content-Length: 4', 'Transfer_Encoding: chunked']),
  'chunked in HTTP/1.0': raw(['PUT /plain/a HTTP/1.0', HOST, 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
});

const LINES: Case[] = [
  ...cases(REFUSED, {
    'bare line feeds throughout': `GET /plain/a HTTP/1.1\n${HOST}\n\n`,
    'a bare line feed after the request line': `GET /plain/a HTTP/1.1\n${HOST}\r\n\r\n`,
    'a bare line feed after a field': `GET /plain/a HTTP/1.1\r\n${HOST}\nX-A: 1\r\n\r\n`,
    'a bare line feed at the end of the head': `GET /plain/a HTTP/1.1\r\n${HOST}\r\n\n`,
    'a line feed and a carriage return the wrong way round': `GET /plain/a HTTP/1.1\n\r${HOST}\n\r\n\r`,
    'a bare carriage return after the request line': `GET /plain/a HTTP/1.1\r${HOST}\r\n\r\n`,
    'a bare carriage return in a value': get('X-A: 1\rX-B: 2'),
    'a bare carriage return in front of a field': get('\rX-A: 1'),
    'a bare carriage return at the end of the head': `GET /plain/a HTTP/1.1\r\n${HOST}\r\n\rX`,
    'two carriage returns before the line feed': `GET /plain/a HTTP/1.1\r\r\n${HOST}\r\n\r\n`,
    'a folded line with a space': get('X-A: 1', ' 2'),
    'a folded line with a tab': get('X-A: 1', '\t2'),
    'a folded line behind an empty value': get('X-A:', ' 1'),
    'a folded line of nothing': get('X-A: 1', ' '),
    'a folded line right behind the request line': raw(['GET /plain/a HTTP/1.1', ' X-A: 1', HOST]),
    'a folded Host': raw(['GET /plain/a HTTP/1.1', 'Host:', ' 127.0.0.1']),
    'a folded length': putting(['Content-Length:', ' 4']),
    'a field without a colon': get('X-A'),
    'a field without a name': get(': 1'),
    'a space in a name': get('X A: 1'),
    'a space before the colon': get('X-A : 1'),
    'a tab before the colon': get('X-A\t: 1'),
    'a space before the colon of the length': putting(['Content-Length : 4']),
    'a space before the colon of the Host': raw(['GET /plain/a HTTP/1.1', 'Host : 127.0.0.1']),
    'garbage instead of a request': 'this is not HTTP\r\n\r\n',
    'a TLS hello on a plain port': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
    'a line of HTTP/0.9': 'GET /plain/a\r\n\r\n',
    'a request line of nothing but a method': 'GET\r\n\r\n',
    'a response': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    'a head of the PROXY protocol': `PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n${get()}`,
  }),
  ...cases(GOT, {
    'the plainest request': get(),
    'two spaces before the target': request('GET  /plain/a HTTP/1.1'),
    'two spaces behind the target': request('GET /plain/a  HTTP/1.1'),
    'an empty line in front': `\r\n${get()}`,
    'no space behind the colon': get('X-A:1'),
    'tabs and spaces around a value': get('X-A: \t 1 \t '),
    'an empty value': get('X-A:'),
  }),
];

/** Bytes that stand in no head: NUL, other controls, DEL. Tab, LF and CR have cases of their own. */
const CONTROLS = ['\x00', '\x01', '\x08', '\x0b', '\x0c', '\x1b', '\x1f', '\x7f'];
const PLACES: Readonly<Record<string, (byte: string) => string>> = {
  'in front of the method': (byte) => `${byte}${get()}`,
  'in the method': (byte) => request(`G${byte}ET /plain/a HTTP/1.1`),
  'behind the method': (byte) => request(`GET${byte}/plain/a HTTP/1.1`),
  'in the path': (byte) => request(`GET /plain/a${byte}b HTTP/1.1`),
  'in the query': (byte) => request(`GET /plain/a?versionId=${byte} HTTP/1.1`),
  'in the version': (byte) => request(`GET /plain/a HTTP/1${byte}.1`),
  'behind the version': (byte) => request(`GET /plain/a HTTP/1.1${byte}`),
  'in a name': (byte) => get(`X-${byte}A: 1`),
  'behind a name': (byte) => get(`X-A${byte}: 1`),
  'in a value': (byte) => get(`X-A: 1${byte}2`),
  'at the end of a value': (byte) => get(`X-A: 1${byte}`),
  'in the Host': (byte) => raw(['GET /plain/a HTTP/1.1', `Host: 127.0.0.1${byte}`]),
};

const BYTES: Case[] = [
  ...CONTROLS.flatMap((byte) =>
    Object.entries(PLACES).map(([place, write]) => ({
      name: `byte 0x${byte.charCodeAt(0).toString(16).padStart(2, '0')} ${place}`,
      bytes: write(byte),
      verdict: REFUSED,
    })),
  ),
  ...cases(REFUSED, {
    'a tab in the path': request('GET /plain/a\tb HTTP/1.1'),
    'a tab for the first space': request('GET\t/plain/a HTTP/1.1'),
    'a tab for the second space': request('GET /plain/a\tHTTP/1.1'),
    'bytes of the path that are no UTF-8': request('GET /plain/\xff HTTP/1.1'),
    'UTF-8 in the path as it is': request('GET /plain/\xc3\xa9 HTTP/1.1'),
    'a byte above 0x7f in the query': request('GET /plain/a?versionId=\xc3\xa9 HTTP/1.1'),
    'a byte above 0x7f in the method': request('G\xc3\x89T /plain/a HTTP/1.1'),
    'a byte above 0x7f in a name': get('X-\xc3\xa9: 1'),
    'a byte above 0x7f in the version': request('GET /plain/a HTTP/\xc2\xb9.1'),
  }),
  ...cases(DECLINED, {
    'a NUL in the path as an escape': request('GET /plain/a%00b HTTP/1.1'),
    'a NUL in the query as an escape': request('GET /plain/a?versionId=%00 HTTP/1.1'),
    'an escape that is none': request('GET /plain/a%zz HTTP/1.1'),
    'half an escape': request('GET /plain/a%2 HTTP/1.1'),
    'escapes of bytes that are no UTF-8': request('GET /plain/%c0%ae HTTP/1.1'),
    'an overlong slash': request('GET /plain/%c0%af HTTP/1.1'),
    'a surrogate': request('GET /plain/%ed%a0%80 HTTP/1.1'),
  }),
  ...cases(forwarded('GET', '/plain/%C3%A9'), {
    'UTF-8 in the path as escapes': request('GET /plain/%c3%a9 HTTP/1.1'),
  }),
  ...cases(forwarded('PUT', '/plain/a', { body: 'body', headers: { 'x-amz-meta-a': '\xc3\xa9\xff' } }), {
    'bytes above 0x7f in a value': putting(['Content-Length: 4', 'x-amz-meta-a: \xc3\xa9\xff']),
  }),
  ...cases(forwarded('GET', '/plain/a%0D%0AX-A%3A%201'), {
    'a line end in the path as an escape': request('GET /plain/a%0d%0aX-A:%201 HTTP/1.1'),
  }),
  ...cases(DECLINED, {
    'a line end in the query as an escape': request('GET /plain/a?versionId=1%0d%0aX-A:%201 HTTP/1.1'),
  }),
];

const TARGETS: Case[] = [
  ...cases(REFUSED, {
    'a target in absolute form': request('GET http://127.0.0.1/plain/a HTTP/1.1'),
    'a target in absolute form of another host': request('GET http://elsewhere.test/plain/a HTTP/1.1'),
    'a target in absolute form over https': request('GET https://127.0.0.1/plain/a HTTP/1.1'),
    'a target of a file': request('GET file:///etc/passwd HTTP/1.1'),
    'a target in authority form': request('GET 127.0.0.1:80 HTTP/1.1'),
    'a tunnel': request('CONNECT 127.0.0.1:80 HTTP/1.1'),
    'a tunnel to a path': request('CONNECT /plain/a HTTP/1.1'),
    'a target of an asterisk': request('OPTIONS * HTTP/1.1'),
    'a GET of an asterisk': request('GET * HTTP/1.1'),
    'a target without a slash': request('GET plain/a HTTP/1.1'),
    'a target of a backslash': request('GET \\plain\\a HTTP/1.1'),
    'a target of a query only': request('GET ?acl HTTP/1.1'),
    'a target of a fragment only': request('GET #a HTTP/1.1'),
    'no target': request('GET  HTTP/1.1'),
    'a space in the target': request('GET /plain/a b HTTP/1.1'),
    'a space in front of the method': request(' GET /plain/a HTTP/1.1'),
    'a space behind the version': request('GET /plain/a HTTP/1.1 '),
    'a second version': request('GET /plain/a HTTP/1.1 HTTP/1.1'),
    'a target over the limit': request(`GET /plain/${'a'.repeat(LIMIT)} HTTP/1.1`),
    'a query over the limit': request(`GET /plain/a?versionId=${'a'.repeat(LIMIT)} HTTP/1.1`),
    'a fragment behind the path': request('GET /plain/a#b HTTP/1.1'),
  }),
  ...cases(DECLINED, {
    'two slashes in front': request('GET //plain/a HTTP/1.1'),
    'a dot for a bucket': request('GET /./plain/a HTTP/1.1'),
    'an object key over the limit of S3': request(`GET /plain/${'a'.repeat(1025)} HTTP/1.1`),
    'a query name twice': request('GET /plain/a?versionId=1&versionId=2 HTTP/1.1'),
    'a query name twice, once as an escape': request('GET /plain/a?versionId=1&version%49d=2 HTTP/1.1'),
  }),
  ...cases(forwarded('GET', '/plain/a/../../secret/b'), {
    'dots stay what they are': request('GET /plain/a/../../secret/b HTTP/1.1'),
    'dots as escapes': request('GET /plain/a/%2e%2e/%2E./secret/b HTTP/1.1'),
    'slashes as escapes': request('GET /plain/a%2f..%2F..%2fsecret%2fb HTTP/1.1'),
  }),
  ...cases(forwarded('GET', '/plain//a'), { 'two slashes stay two': request('GET /plain//a HTTP/1.1') }),
  ...cases(forwarded('GET', '/plain/a%5Cb%7B%7C%7D%5E'), {
    'characters that libraries rewrite': request('GET /plain/a\\b{|}^ HTTP/1.1'),
  }),
  ...cases(forwarded('GET', '/plain/a%3Facl%23b'), {
    'a mark and a fragment as escapes': request('GET /plain/a%3facl%23b HTTP/1.1'),
  }),
  ...cases(forwarded('GET', `/plain/${'a'.repeat(1024)}`), {
    'an object key of just the limit': request(`GET /plain/${'a'.repeat(1024)} HTTP/1.1`),
  }),
];

const METHODS: Case[] = [
  ...cases(REFUSED, {
    'a method in lower case': request('get /plain/a HTTP/1.1'),
    'a method in mixed case': request('Get /plain/a HTTP/1.1'),
    'a PUT in lower case with a body': request('put /plain/a HTTP/1.1', ['Content-Length: 4'], 'body'),
    'a method that nobody knows': request('FETCH /plain/a HTTP/1.1'),
    'a method with a dash': request('GET-IT /plain/a HTTP/1.1'),
    'a method of a colon': request('GET: /plain/a HTTP/1.1'),
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a PATCH with a body': request('PATCH /plain/a HTTP/1.1', ['Content-Length: 4'], 'body'),
    'a request of another protocol': 'DESCRIBE rtsp://127.0.0.1/plain/a RTSP/1.0\r\n\r\n',
    'a source of another protocol': 'SOURCE /plain/a ICE/1.0\r\n\r\n',
  }),
  ...cases(DECLINED, {
    'a TRACE': request('TRACE /plain/a HTTP/1.1'),
    'a PATCH': request('PATCH /plain/a HTTP/1.1'),
    'a PROPFIND': request('PROPFIND /plain/a HTTP/1.1'),
    'a PURGE': request('PURGE /plain/a HTTP/1.1'),
    'a LINK': request('LINK /plain/a HTTP/1.1'),
    'a preflight that is none': request('OPTIONS /plain/a HTTP/1.1'),
  }),
];

const VERSIONS: Case[] = [
  ...[
    '0.9',
    '1.2',
    '1.10',
    '01.1',
    '1.01',
    '2.0',
    '2',
    '3.0',
    '9.9',
    '1',
    '.1',
    '1.',
    '1,1',
    '-1.1',
    '11',
  ].map((version) => ({
    name: `version ${version}`,
    bytes: request(`GET /plain/a HTTP/${version}`),
    verdict: REFUSED,
  })),
  ...cases(REFUSED, {
    'a version in lower case': request('GET /plain/a http/1.1'),
    'a version of another protocol': request('GET /plain/a HTTPS/1.1'),
    'a version without its slash': request('GET /plain/a HTTP1.1'),
    'a version with a letter behind it': request('GET /plain/a HTTP/1.1x'),
  }),
];

const HOSTS: Case[] = cases(REFUSED, {
  'no Host': raw(['GET /plain/a HTTP/1.1']),
  'no Host, with a body': raw(['PUT /plain/a HTTP/1.1', 'Content-Length: 4'], 'body'),
  'two Hosts': get('Host: 127.0.0.1'),
  'two Hosts that differ': get('Host: elsewhere.test'),
  'two Hosts in two spellings': get('hOST: 127.0.0.1'),
  'a Host with an underscore beside the true one': get('X-A: 1', 'Host : elsewhere.test'),
});

const FIELDS: Case[] = [
  ...cases(REFUSED, {
    'a name over the limit': get(`${'X'.repeat(LIMIT)}: 1`),
    'a value over the limit': get(`X-A: ${'1'.repeat(LIMIT)}`),
    'fields over the limit together': get(
      ...Array.from({ length: 40 }, (_, i) => `X-${i}: ${'1'.repeat(900)}`),
    ),
    'empty lines without end': `${'\r\n'.repeat(LIMIT)}X`,
    // CGI, and what is made like it, reads a dash and an underscore as the same.
    'a copy source with underscores': putting(['Content-Length: 0', 'x_amz_copy_source: /secret/b'], ''),
    'a copy source with one underscore': putting(['Content-Length: 0', 'x-amz-copy_source: /secret/b'], ''),
    'a customer key with underscores': putting([
      'Content-Length: 4',
      'X_Amz_Server_Side_Encryption_Customer_Algorithm: AES256',
    ]),
    'an ACL with an underscore': putting(['Content-Length: 4', 'x-amz_acl: public-read']),
    'a signature with an underscore': putting(['Content-Length: 4', 'x_amz_content_sha256: x']),
  }),
  ...cases(DECLINED, {
    'a payload hash twice': get(
      'x-amz-content-sha256: UNSIGNED-PAYLOAD',
      'X-Amz-Content-Sha256: UNSIGNED-PAYLOAD',
    ),
    'a copy source twice': request('PUT /plain/a HTTP/1.1', [
      'Content-Length: 0',
      'x-amz-copy-source: /plain/b',
      'x-amz-copy-source: /secret/b',
    ]),
    'a storage class twice': get('x-amz-storage-class: STANDARD', 'x-amz-storage-class: GLACIER'),
    'an ACL twice': get('x-amz-acl: private', 'x-amz-acl: public-read'),
    'an encryption twice': get(
      'x-amz-server-side-encryption: AES256',
      'x-amz-server-side-encryption: aws:kms',
    ),
    'a date twice': get('x-amz-tagging: a=1', 'x-amz-tagging: b=1'),
  }),
  ...cases(forwarded('GET', '/plain/a', { headers: { 'x-amz-trailer': undefined } }), {
    'a streaming body that is not there': get(
      'x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-trailer: x-amz-checksum-crc32',
    ),
  }),
  ...cases(forwarded('PUT', '/plain/a', { body: 'body', headers: { 'x-amz-meta-a': '1,2' } }), {
    'metadata twice': putting(['Content-Length: 4', 'x-amz-meta-a: 1', 'X-Amz-Meta-A: 2']),
  }),
  ...cases(forwarded('PUT', '/plain/a', { body: 'body', headers: { 'x-amz-meta-a_b': '1' } }), {
    'metadata with an underscore': putting(['Content-Length: 4', 'x-amz-meta-a_b: 1']),
  }),
  ...cases(forwarded('GET', '/plain/a', { headers: { referer: 'still there' } }), {
    'more fields than Node counts': get(
      ...Array.from({ length: 2500 }, (_, i) => `x${i}:1`),
      'Referer: still there',
    ),
  }),
  ...cases(forwarded('GET', '/plain/a', { headers: { referer: '1'.repeat(30_000) } }), {
    'a value of nearly the limit': get(`Referer: ${'1'.repeat(30_000)}`),
  }),
  ...cases(forwarded('GET', '/plain/a', { headers: { "x-a!#$%&'*+.^_`|~": undefined } }), {
    'a name of every character that may be in it': get("X-A!#$%&'*+.^_`|~: 1"),
  }),
];

const H2C = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
const NO_UPGRADE = { upgrade: undefined, 'http2-settings': undefined };

const HOPS: Case[] = [
  ...[
    'x-amz-storage-class',
    'x-amz-meta-kept',
    'x-amz-acl',
    'x-amz-tagging',
    'if-match',
    'if-none-match',
    'range',
    'content-md5',
    'content-type',
    'content-encoding',
    'cache-control',
  ].map((name) => ({
    name: `Connection names ${name}`,
    bytes: request(
      'PUT /plain/a HTTP/1.1',
      ['Content-Length: 4', `Connection: keep-alive, ${name}`, `${name}: kept`],
      'body',
    ),
    verdict: forwarded('PUT', '/plain/a', { body: 'body', headers: { [name]: 'kept' } }),
  })),
  ...cases(put('body'), {
    'Connection names the length': putting(['Connection: content-length', 'Content-Length: 4']),
    'Connection names the Host': putting(['Connection: host', 'Content-Length: 4']),
    'Connection of commas': putting(['Connection: , ,,', 'Content-Length: 4']),
    'an Upgrade that Connection does not name': putting(['Upgrade: h2c', 'Content-Length: 4']),
  }),
  ...cases(forwarded('PUT', '/plain/a', { body: 'body', headers: NO_UPGRADE, ends: true }), {
    'an Upgrade to websocket': putting(['Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 4']),
    'an Upgrade to h2c': putting([...H2C, 'Content-Length: 4']),
  }),
  ...cases(forwarded('GET', '/plain/a', { headers: NO_UPGRADE, ends: true }), {
    'an Upgrade to h2c without a body': get(...H2C),
    'an Upgrade named on a second line': get('Connection: keep-alive', 'Connection: upgrade', 'Upgrade: h2c'),
  }),
  ...cases(forwarded('GET', '/plain/a', { ends: true }), {
    'Connection says close': get('Connection: close'),
    'Connection says close among others': get('Connection: x, close'),
    'Connection says close and keep-alive': get('Connection: keep-alive, close'),
    'HTTP/1.0': raw(['GET /plain/a HTTP/1.0', HOST]),
  }),
  ...cases(GOT, {
    'HTTP/1.0 that is kept alive': raw(['GET /plain/a HTTP/1.0', HOST, 'Connection: keep-alive']),
  }),
  ...cases(
    forwarded('GET', '/plain/a', { headers: { 'x-hop': undefined, te: undefined, trailer: undefined } }),
    {
      'fields of the hop': get(
        'Connection: x-hop, te',
        'X-Hop: 1',
        'TE: gzip',
        'Trailer: x-amz-checksum-crc32',
      ),
      'a second Connection': get('Connection: keep-alive', 'Connection: x-hop', 'X-Hop: 1'),
    },
  ),
  // Asked for anew on the hop to the store, and nothing else of what stood there.
  ...cases(forwarded('GET', '/plain/a', { headers: { te: 'trailers', connection: 'TE' } }), {
    'trailers that may come': get('TE: gzip, trailers', 'Connection: te'),
  }),
  ...cases(forwarded('PUT', '/plain/a', { body: 'body', headers: { expect: undefined } }), {
    'an Expect': putting(['Expect: 100-continue', 'Content-Length: 4']),
    'an Expect in upper case': putting(['EXPECT: 100-CONTINUE', 'Content-Length: 4']),
    'an Expect twice': putting(['Expect: 100-continue', 'Expect: 100-continue', 'Content-Length: 4']),
    'an Expect with something else': putting(['Expect: 100-continue, x', 'Content-Length: 4']),
    'an Expect of something else': putting(['Expect: 200-ok', 'Content-Length: 4']),
    'an Expect of nothing': putting(['Expect: ', 'Content-Length: 4']),
  }),
  ...cases(forwarded('GET', '/plain/a', { headers: { expect: undefined } }), {
    'an Expect without a body': get('Expect: 100-continue'),
  }),
];

export const CORPUS: readonly Case[] = [
  ...LENGTHS,
  ...CODINGS,
  ...LINES,
  ...BYTES,
  ...TARGETS,
  ...METHODS,
  ...VERSIONS,
  ...HOSTS,
  ...FIELDS,
  ...HOPS,
];
