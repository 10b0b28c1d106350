import { Readable } from 'node:stream';
import t from 'tap';
import { readLateDocument } from '../../src/response/late-document.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

async function read(...pieces: string[]): Promise<{ document: string; waited: string }> {
  let waited = '';
  const body = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  const onWaiting = (text: string): void => {
    waited += text;
  };
  const document = await readLateDocument(body, { limit: 60_000, onWaiting });
  return { document, waited };
}

t.test('gives back the document from its root element on', async (t) => {
  t.equal((await read(`${DECLARATION}<CopyObjectResult/>`)).document, '<CopyObjectResult/>');
  t.equal(
    (await read('<Error><Message>é</Message></Error>')).document,
    '<Error><Message>é</Message></Error>',
  );
});

t.test('hands on at once what keeps the connection alive', async (t) => {
  const { document, waited } = await read(
    DECLARATION,
    ' ',
    '\n ',
    '<Error>',
    '<Code>InternalError</Code></Error>',
  );
  t.equal(document, '<Error><Code>InternalError</Code></Error>');
  t.equal(waited, `${DECLARATION} \n `);
});

t.test('reads characters that are cut in two', async (t) => {
  const bytes = [...Buffer.from('<A>😀</A>')].map((byte) => Buffer.from([byte]));
  t.equal(await readLateDocument(Readable.from(bytes), { limit: 60_000 }), '<A>😀</A>');
});

t.test('refuses what is longer than any such answer', async (t) => {
  const long = Readable.from([Buffer.from('<A>'), Buffer.alloc(8 * 1024 * 1024, 'x')]);
  await t.rejects(readLateDocument(long, { limit: 60_000 }), { code: 'InternalError' });
});
