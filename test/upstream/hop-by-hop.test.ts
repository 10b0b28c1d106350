import t from 'tap';
import { hopByHop, takesTrailers } from '../../src/upstream/hop-by-hop.ts';

const STANDARD = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

t.test('ends the fields of RFC 9110 at this hop, whatever Connection says', async (t) => {
  for (const connection of [undefined, '', 'close', 'keep-alive', ' Keep-Alive ', 'close, x', 'upgrade']) {
    const ends = hopByHop(connection);
    for (const name of STANDARD) t.ok(ends(name), `${name} with ${connection}`);
    for (const name of ['host', 'content-length', 'x-amz-date', 'etag', 'x-other']) t.notOk(ends(name), name);
  }
});

t.test('ends what Connection names, in any case and with spaces', async (t) => {
  const ends = hopByHop('close, X-Hop ,\tother,,');
  t.ok(ends('x-hop'));
  t.ok(ends('other'));
  t.notOk(ends('x-hop-2'));
});

t.test('lets Connection take nothing out that is meant for the store', async (t) => {
  const meant = [
    'x-amz-copy-source',
    'x-amz-copy-source-if-match',
    'x-obs-expires',
    'x-amz-server-side-encryption-customer-key',
    'x-amz-content-sha256',
    'x-amz-meta-a',
    'content-length',
    'content-type',
    'content-md5',
    'if-match',
    'if-none-match',
    'range',
    'host',
    'authorization',
    'cache-control',
    'expires',
    'etag',
  ];
  const ends = hopByHop(meant.map((name) => name.toUpperCase()).join(', '));
  for (const name of meant) t.notOk(ends(name), name);
});

t.test('hears whether a client takes trailers', async (t) => {
  for (const te of ['trailers', ' Trailers ', 'gzip;q=0.5, trailers']) t.ok(takesTrailers(te), te);
  for (const te of [undefined, '', 'gzip', 'x-trailers', 'trailers;q=0'])
    t.notOk(takesTrailers(te), te ?? 'none');
});
