import { PassThrough, Readable } from 'node:stream';
import t from 'tap';
import { lateTimes, readLateDocument, readToRewrite } from '../../src/response/late-document.ts';
import { snapshotOf } from '../support/snapshot.ts';

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

t.test('a byte order mark does not belong to a document, however it is cut', async (t) => {
  const mark = Buffer.from('\u{feff}');
  const pieces = [...mark, ...Buffer.from(`${DECLARATION}<A>a</A>`)].map((byte) => Buffer.from([byte]));
  t.equal(await readLateDocument(Readable.from(pieces), { limit: 60_000 }), '<A>a</A>');
  t.equal((await read('\u{feff}<A/>')).document, '<A/>');
  t.equal((await read(' \u{feff}<A/>')).document, '\u{feff}<A/>', 'it stands before everything else');
  const half = Readable.from([mark.subarray(0, 2), Buffer.from('<A/>')]);
  await t.rejects(readToRewrite(half, { limit: 60_000 }), { code: 'InternalError' });
});

t.test('what is not UTF-8 would be changed by writing it again', async (t) => {
  const latin = (): Readable => Readable.from([Buffer.from('<Key>\u{e9}</Key>', 'latin1')]);
  await t.rejects(readToRewrite(latin(), { limit: 60_000 }), {
    code: 'InternalError',
    cause: { message: 'the document of the store is not UTF-8' },
  });
  t.ok(await readLateDocument(latin(), { limit: 60_000 }));
  const whole = Readable.from([Buffer.from('<Key>\u{e9}\u{fffd}</Key>')]);
  t.equal((await readToRewrite(whole, { limit: 60_000 })).toString(), '<Key>\u{e9}\u{fffd}</Key>');
});

t.test('frees pieces that are nobody else has once they were copied', async (t) => {
  const piece = Buffer.allocUnsafeSlow(8192).fill('x');
  const kept = Buffer.allocUnsafeSlow(8192).fill('y');
  const body = new PassThrough();
  body.end(piece);
  t.equal((await readLateDocument(body, { limit: 60_000 })).length, 8192);
  t.equal(piece.byteLength, 0);
  await readLateDocument(Readable.from([kept]), { limit: 60_000 });
  t.equal(kept.byteLength, 8192, 'what came from memory may be sent again');
});

t.test('refuses what is longer than any such answer', async (t) => {
  const long = Readable.from([Buffer.from('<A>'), Buffer.alloc(8 * 1024 * 1024, 'x')]);
  await t.rejects(readLateDocument(long, { limit: 60_000 }), { code: 'InternalError' });
});

t.test(
  'the time for a late outcome is one of its own, and what begins has the time of a document',
  async (t) => {
    const { upstream } = snapshotOf();
    const timeouts = { ...upstream.timeouts, document: 30 };
    t.same(lateTimes({ timeouts }), { limit: 3_600_000, outcome: 30 });
    const silent = new Readable({ read: () => undefined });
    await t.rejects(readLateDocument(silent, lateTimes({ timeouts: { ...timeouts, late: 30 } })), {
      code: 'ServiceUnavailable',
      cause: { late: 'late' },
    });
    const begun = new Readable({ read: () => undefined });
    begun.push('<CopyObjectResult>');
    await t.rejects(readLateDocument(begun, lateTimes({ timeouts: { ...timeouts, late: 60_000 } })), {
      cause: { late: 'document' },
    });
  },
);
