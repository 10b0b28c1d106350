import t from 'tap';
import { withoutChecksums } from '../../src/s3/complete-document.ts';
import { atOnce } from '../../src/turns.ts';

function documentOf(...parts: readonly string[]): string {
  return `<CompleteMultipartUpload xmlns="x">${parts.map((part) => `<Part>${part}</Part>`).join('')}</CompleteMultipartUpload>`;
}

t.test('leaves the number and the ETag of each part, in their order', async (t) => {
  const written = atOnce(
    withoutChecksums(
      documentOf(
        '<ETag>"a&quot;</ETag><PartNumber>2</PartNumber><ChecksumCRC32>AAAAAA==</ChecksumCRC32>',
        '<s:ChecksumSHA256>x</s:ChecksumSHA256><PartNumber>1</PartNumber><ETag>b&amp;c</ETag>',
      ),
    ),
  );
  t.match(
    written,
    '<Part><PartNumber>2</PartNumber><ETag>&quot;a&quot;</ETag></Part><Part><PartNumber>1</PartNumber><ETag>b&amp;c</ETag></Part>',
  );
  t.notMatch(written, 'Checksum');
});

t.test('refuses parts that could be read in two ways', async (t) => {
  for (const part of [
    '<PartNumber>1</PartNumber>',
    '<ETag>a</ETag>',
    '<PartNumber>1</PartNumber><ETag>a</ETag><ETag>b</ETag>',
    '<PartNumber>1</PartNumber><PartNumber>2</PartNumber><ETag>a</ETag>',
  ])
    t.throws(
      () => atOnce(withoutChecksums(documentOf(`${part}<ChecksumSHA1>a</ChecksumSHA1>`))),
      { code: 'MalformedXML' },
      part,
    );
});

t.test('leaves a document as it came that names no checksums', async (t) => {
  for (const document of ['', '<CompleteMultipartUpload/>', documentOf(' <ETag>a</ETag> ')])
    t.equal(atOnce(withoutChecksums(document)), document);
});
