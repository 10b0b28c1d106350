import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { chain } from '../../../src/proxy/body/chain.ts';

t.test('hands on what comes', async (t) => {
  t.equal(await text(chain(Readable.from(['a', 'b'], { objectMode: false }), new PassThrough())), 'ab');
});

t.test('ends behind a source that has ended before', async (t) => {
  const source = Readable.from(['a'], { objectMode: false });
  t.equal(await text(source), 'a');
  t.equal(source.readableEnded, true);
  t.equal(await text(chain(source, new PassThrough())), '');
});
