import { join } from 'node:path';
import t from 'tap';
import { enteredDuring } from '../../scripts/entered/coverage.ts';
import { namesOf, readersIn } from './find.ts';
import { readSafely } from './growth.ts';
import { OF_CLIENTS, OF_STORES } from './table.ts';

const SOURCE = join(import.meta.dirname, '../../src');

const SHORT = 'a header, which with all others has at most 32 KiB; its expressions are linear';
const SMALL = 'out of a document or a text that a reader of the table has read';
const SIGNED = 'a certificate that an authority of the config has signed; its expressions are linear';
const OURS = 'a text of the proxy, the config or the environment';

/** Functions that go through a text and that no reader of the table enters → why that is enough. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'forms/put-object.ts#ofAnotherVendor': 'the name of a field of a form, whose fields have at most 20 KiB',
  'listener/certificate-names.ts#alternativeNames': SIGNED,
  'listener/certificate-names.ts#normalName': SIGNED,
  'listener/certificate-names.ts#unquoted': SIGNED,
  'listener/descriptors.ts#roomForConnections': OURS,
  'listener/requests.ts#taking': SHORT,
  'listener/tls-failures.ts#tlsFailureOf': 'the name of a fault, of OpenSSL',
  'listener/systemd-sockets.ts#systemdSocket': OURS,
  'listener/systemd-sockets.ts#unusedSockets': OURS,
  'listener/trusted.ts#networkMeant': OURS,
  'listener/trusted.ts#groupsOf': OURS,
  'listener/server-names.ts#byServerName': 'a name that a client asks for in its hello, of at most 255 bytes',
  'proxy/body/claims.ts#headClaims': SHORT,
  'proxy/body/claims.ts#verify': SHORT,
  'proxy/body/legal-hold.ts#rewrite': SMALL,
  'proxy/body/plan-body.ts#declaredTrailers': SHORT,
  'proxy/body/plan-body.ts#lengthInFraming': SHORT,
  'proxy/body/plan-body.ts#lengthOf': SHORT,
  'proxy/body/plan-body.ts#withoutFraming': SHORT,
  'proxy/body/rewritten.ts#decodeUtf8': 'a decoder of the runtime',
  'proxy/copy/own-upload.ts#begin': SMALL,
  'proxy/copy/own-upload.ts#complete': SMALL,
  'proxy/copy/promised-checksum.ts#promisedChecksum': SMALL,
  'proxy/copy/relay-copy.ts#spanOf': SHORT,
  'proxy/copy/result.ts#resultOf': SHORT,
  'proxy/copy/source.ts#aboutSource': SHORT,
  'proxy/copy/source.ts#lengthOf': SHORT,
  'proxy/copy/written-headers.ts#aboutTarget': SHORT,
  'proxy/copy/written-headers.ts#directive': SHORT,
  'proxy/copy/written-headers.ts#matching': SHORT,
  'proxy/copy/written-headers.ts#objectHeaders': SHORT,
  'proxy/copy/written-headers.ts#unframed': SHORT,
  'proxy/exchange.ts#begin': SHORT,
  'proxy/exchange.ts#receivedMessage': SHORT,
  'proxy/intake/authenticate.ts#refuseWebPages': SHORT,
  'proxy/intake/form.ts#isForm': SHORT,
  'proxy/intake/form.ts#decoderOf': SHORT,
  'proxy/intake/framing.ts#faultOf': SHORT,
  'proxy/intake/claimed.ts#queryOf': SHORT,
  'proxy/intake/internally.ts#plusIsSpace': SHORT,
  'proxy/reply/brought-headers.ts#withoutBrought': SHORT,
  'proxy/ring/append.ts#rememberAppend': SHORT,
  'proxy/record.ts#finishRecord': SHORT,
  'proxy/reply/list-buckets.ts#kindOf': SMALL,
  'proxy/reply/error.ts#relayRefusedHead': SHORT,
  'proxy/reply/own-url.ts#ownUrl': SHORT,
  'sigv4/verify.ts#withRawPaths': SHORT,
  'proxy/reply/own-words.ts#errorHead': OURS,
  'proxy/reply/relay-body.ts#asXml': SHORT,
  'proxy/unsized/answer.ts#etagOf': SMALL,
  'proxy/unsized/answer.ts#of': SHORT,
  'proxy/unsized/upload-headers.ts#uploadHeaders': SHORT,
  'proxy/store/story.ts#how': OURS,
  'sigv4/goog4.ts#signGoog4': OURS,
  'proxy/plan/unsupported.ts#refuseNames': SMALL,
  'proxy/plan/unsupported.ts#refuseSource': SMALL,
  'proxy/proof/upload-check.ts#checksumHeader': SMALL,
  'proxy/proof/upload-check.ts#checksumIn': SMALL,
  'proxy/reply/client-words.ts#reword': SMALL,
  'proxy/reply/list-buckets.ts#refusalOf': SMALL,
  'proxy/reply/location.ts#regionIn': SMALL,
  'proxy/reply/late.ts#isOutcome': SMALL,
  'proxy/reply/our-faults.ts#faultBetween': OURS,
  'proxy/reply/our-faults.ts#misdirected': SHORT,
  'proxy/reply/relay.ts#noteAnswer': SHORT,
  'proxy/reply/relay-body.ts#partBytes': SHORT,
  'proxy/reply/send.ts#errorFor': SHORT,
  'proxy/reply/uploads.ts#withUploadId': SMALL,
  'proxy/store/bucket-region.ts#regionIn': SMALL,
  'proxy/store/outbound.ts#isDropped': SHORT,
  'proxy/store/outbound.ts#mattersToStore': SHORT,
  'response/held-bytes.ts#give': 'a list of waiting requests',
  'response/held-bytes.ts##serve': 'a list of waiting requests',
  'response/rewrite.ts#announcedTrailers': SHORT,
  'response/rewrite.ts#noTrailer': SHORT,
  'proxy/proof/probe.ts#versionOf': SHORT,
  'response/rewrite.ts#withoutKey': SHORT,
  's3/classify.ts#conditionOf': OURS,
  's3/operation-row.ts#isSubresource': OURS,
  's3/operation-row.ts#row': OURS,
  's3/refused-headers.ts#refusalOf': SHORT,
  's3/request-headers.ts#words': OURS,
  's3/reserved-names.ts#literal': OURS,
  's3/reserved.ts#firstSegment': 'an object key of at most 1,024 bytes',
  'signatures/unsigned.ts#refuseResponseHeaders': SMALL,
  'signatures/claimed.ts#idInHeader': SHORT,
  'signatures/claimed.ts#idOf': SHORT,
  'signatures/claimed.ts#shownId': SHORT,
  'sigv4/aws4.ts#authorizationByAws4': SHORT,
  'sigv4/sign.ts#presign': SHORT,
  'sigv4/sign.ts#writeTarget': SHORT,
  'sigv4/timestamp.ts#toTimestamp': OURS,
  'store-client/list.ts#decoderOf': SMALL,
  'store-client/list.ts#pagesOf': SMALL,
  'store-client/list.ts#versionOf': SMALL,
  'upstream/address.ts#addressOf': SHORT,
  'upstream/direct/request-head.ts#beginningOf': SHORT,
  'upstream/direct/request-head.ts#requestHead': SHORT,
  'upstream/regions.ts#between': SHORT,
  'upstream/regions.ts#regionOfUrl': SHORT,
  'upstream/regions.ts#findPattern': OURS,
  'upstream/regions.ts#inRegion': OURS,
  'upstream/upstream-error.ts#from': OURS,
  'upstream/names/order.ts#labelOf': 'an address',
  'upstream/names/reread.ts#wholeLines': SMALL,
  'upstream/names/slots.ts#take': 'a name of at most 254 characters',
  'upstream/pool.ts##noLongerIdle': 'its own list',
  'upstream/lane.ts#servernameOf': 'a host of the config',
  'upstream/raw-heads.ts##judge': 'each piece once, of a head of at most 16 KiB',
  'upstream/waiting-line.ts#settle': 'its own list',
  'proxy/reply/own-status.ts#isPartAsked': SHORT,
  'proxy/reply/own-status.ts#shown': SHORT,
};

t.test('whatever goes through a text of a stranger is entered by a reader of the table', async (t) => {
  const entered = await enteredDuring(SOURCE, async () => {
    for (const { read, worst } of [...Object.values(OF_CLIENTS), ...Object.values(OF_STORES)])
      for (const make of Object.values(worst)) await readSafely(read, make(100));
  });
  const names = new Set(
    [...entered].flatMap(([file, functions]) => functions.map((one) => `${file}#${one.split('@')[0]}`)),
  );
  const missing = readersIn(SOURCE).filter((name) => !names.has(name));
  t.same(
    missing.filter((name) => !Object.hasOwn(ELSEWHERE, name)),
    [],
    'give it a reader in the table, or a reason here',
  );
  const gone = Object.keys(ELSEWHERE).filter((name) => !missing.includes(name));
  t.same(gone, [], 'these are read by a reader of the table, or are no more');
});

t.test('finds the functions that go through a text, by their names', async (t) => {
  const code = `export function a(x) { return x.split('b').map((y) => y.trim()); }
    class C { #d(x) { return /e/.test(x); } f() { return 1; } }
    const g = (x) => x.indexOf('h'); const i = { j: (x) => x.replace('k', ''), l: 1 };`;
  t.same(namesOf(code, 'x.ts'), ['x.ts#a', 'x.ts##d', 'x.ts#g', 'x.ts#j']);
});
