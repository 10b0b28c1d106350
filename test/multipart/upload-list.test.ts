import t from 'tap';
import { EncryptedUploads } from '../../src/multipart/encrypted-uploads.ts';
import { keyInitiatedWith } from '../../src/multipart/initiated.ts';
import { pinUploadId } from '../../src/multipart/upload-id.ts';
import { pinningListedUploads } from '../../src/multipart/upload-list.ts';
import { atOnce } from '../../src/turns.ts';
import { codeOf } from '../support/failure.ts';
import { snapshotOf, testSsecKey } from '../support/snapshot.ts';

const KEY = testSsecKey('list');
const { rules } = snapshotOf({
  rules: [
    { bucket: 'split', encrypt: [KEY] },
    { bucket: 'split', prefix: 'open/', encrypt: 'off' },
  ],
});
const LISTING = {
  bucket: 'split',
  uploadIdMarker: undefined,
  encoded: false,
  rules,
  keyOf: keyInitiatedWith,
};
const pinListedUploads = (xml: string, listing: Parameters<typeof pinningListedUploads>[1]): string =>
  atOnce(pinningListedUploads(xml, listing));
const shown = (objectKey: string, uploadId: string): string =>
  pinUploadId(uploadId, { bucket: 'split', objectKey }, { began: 'ours', ssecKey: KEY });
const upload = (key: string, uploadId: string, more = ''): string =>
  `<Upload><Key>${key}</Key><UploadId>${uploadId}</UploadId>${more}<Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>`;
const list = (inner: string): string => `<ListMultipartUploadsResult>${inner}</ListMultipartUploadsResult>`;

t.test(
  'changes the ids of what is encrypted, and leaves everything else as the store wrote it',
  async (t) => {
    const extra = '<New a="b">&amp;#1;</New>';
    const said = list(upload('a', 'u', extra) + upload('open/a', 'v') + upload('a &amp; b', 'w'));
    const pinned = list(
      upload('a', shown('a', 'u'), extra) + upload('open/a', 'v') + upload('a &amp; b', shown('a & b', 'w')),
    );
    t.equal(pinListedUploads(said, LISTING), pinned);
  },
);

t.test('reads names that are encoded, whether the store says so or not', async (t) => {
  const body = upload('a%2Bb%20c/%C3%BC', 'u');
  const expected = upload('a%2Bb%20c/%C3%BC', shown('a+b c/ü', 'u'));
  const said = '<EncodingType>url</EncodingType>';
  t.equal(pinListedUploads(list(said + body), LISTING), list(said + expected));
  t.equal(pinListedUploads(list(body), { ...LISTING, encoded: true }), list(expected));
  t.equal(
    pinListedUploads(list(body), LISTING),
    list(upload('a%2Bb%20c/%C3%BC', shown('a%2Bb%20c/%C3%BC', 'u'))),
    'a name may look encoded and be none',
  );
  const broken = list(`${said}${upload('%', 'u')}`);
  t.equal(pinListedUploads(broken, LISTING), broken, 'an id whose object nobody knows stays');
});

t.test('gives markers as clients know them', async (t) => {
  const said = list(
    `<UploadIdMarker>t</UploadIdMarker><NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>${upload('a', 'u')}`,
  );
  const answer = pinListedUploads(said, { ...LISTING, uploadIdMarker: shown('a', 't') });
  t.match(answer, `<UploadIdMarker>${shown('a', 't')}</UploadIdMarker>`);
  t.match(answer, `<NextUploadIdMarker>${shown('a', 'u')}</NextUploadIdMarker>`);
  const elsewhere = list('<NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>z</NextUploadIdMarker>');
  t.match(
    pinListedUploads(elsewhere, LISTING),
    `<NextUploadIdMarker>${shown('a', 'z')}</NextUploadIdMarker>`,
  );
  const none = list('<NextKeyMarker/><NextUploadIdMarker/><UploadIdMarker></UploadIdMarker>');
  t.equal(pinListedUploads(none, LISTING), none);
});

t.test('shows nothing of a list that it cannot read for sure', async (t) => {
  for (const said of [
    '',
    '<Error><Code>AccessDenied</Code></Error>',
    list('<Upload><Key>a</Key>'),
    list(`${upload('a', 'u')}<Upload><Key>b</Key></Upload>`),
    list(`<UploadId>x</UploadId>${upload('a', 'u')}`),
    list('<Upload><Key>a</Key><UploadId><![CDATA[<UploadId>x</UploadId>]]></UploadId></Upload>'),
  ]) {
    t.equal(
      codeOf(() => pinListedUploads(said, LISTING)),
      'InternalError',
      said,
    );
  }
});

t.test('an upload whose time nobody can read keeps its id', async (t) => {
  const said = list('<Upload><Key>a</Key><UploadId>u</UploadId><Initiated>long ago</Initiated></Upload>');
  t.equal(pinListedUploads(said, LISTING), said);
});

t.test('gives the key of an upload that was seen, as long as the ring has it', async (t) => {
  const [seen, later] = [testSsecKey('seen'), testSsecKey('later')];
  const known = new EncryptedUploads();
  const object = { bucket: 'b', objectKey: 'k' };
  known.add(object, 'u', seen);
  known.add(object, 'u');
  known.add(object, "a client's");
  t.equal(known.keyOf(object, 'u', [{ ssecKey: later }, { ssecKey: seen }]), seen);
  t.equal(known.keyOf(object, 'u', [{ ssecKey: later }]), undefined, 'it has left the ring');
  t.equal(known.keyOf(object, "a client's", [{ ssecKey: seen }]), undefined);
  t.equal(known.keyOf(object, 'another', [{ ssecKey: seen }]), undefined);
  t.equal(known.keyOf({ bucket: 'b', objectKey: 'other' }, 'u', [{ ssecKey: seen }]), undefined);
});

t.test('remembers the uploads that were used last', async (t) => {
  const known = new EncryptedUploads(2);
  const object = { bucket: 'b', objectKey: 'k' };
  known.add(object, '1');
  known.add(object, '2');
  t.ok(known.has(object, '1'));
  known.add(object, '3');
  t.same(
    ['1', '2', '3'].map((id) => known.has(object, id)),
    [true, false, true],
  );
  t.notOk(known.has({ bucket: 'b', objectKey: 'other' }, '1'));
});
