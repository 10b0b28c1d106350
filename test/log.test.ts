import t from 'tap';
import { makeLog } from '../src/log.ts';
import { Secret } from '../src/secret.ts';
import { testSsecKey } from './support/snapshot.ts';

function logged(write: (log: ReturnType<typeof makeLog>) => void, level = 'info'): string[] {
  const lines: string[] = [];
  write(makeLog(level, { write: (line: string) => void lines.push(line) }));
  return lines;
}

t.test('writes one line of JSON with the time in ISO form', async (t) => {
  const [line = '', ...rest] = logged((log) => log.info({ op: 'GetObject', bucket: 'b' }, 'request'));
  t.same(rest, []);
  const { time, ...fields } = JSON.parse(line) as Record<string, unknown>;
  t.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  t.same(fields, { level: 'info', op: 'GetObject', bucket: 'b', msg: 'request' });
});

t.test('keeps to its level', async (t) => {
  t.equal(logged((log) => log.info('quiet'), 'warn').length, 0);
  t.equal(logged((log) => log.fatal('quiet'), 'silent').length, 0);
  t.equal(logged((log) => log.debug('loud'), 'debug').length, 1);
});

t.test('redacts the headers that carry secrets, by themselves and inside of others', async (t) => {
  const names = [
    'authorization',
    'secretAccessKey',
    'x-amz-security-token',
    'x-amz-server-side-encryption-customer-key',
    'x-amz-server-side-encryption-customer-key-md5',
    'x-amz-copy-source-server-side-encryption-customer-key',
    'x-amz-copy-source-server-side-encryption-customer-key-md5',
  ];
  for (const name of names) {
    const headers = { [name]: 'do-not-show', host: 'shown' };
    for (const fields of [headers, { headers }, { request: { headers } }]) {
      const [line = ''] = logged((log) => log.info(fields, 'text'));
      t.notMatch(line, /do-not-show/, name);
      t.match(line, /"\[redacted\]"/);
      t.match(line, /shown/, 'and nothing else');
    }
  }
});

t.test('prints neither secrets nor keys that are handed to it', async (t) => {
  const ssecKey = testSsecKey('a');
  const fields = { secret: new Secret('do-not-show'), deep: { ring: [ssecKey] }, ssecKey };
  const [line = ''] = logged((log) => log.info(fields, `${String(ssecKey)} ${String(fields.secret)}`));
  t.notMatch(line, /do-not-show/);
  t.notOk(line.includes(ssecKey.base64) || line.includes(ssecKey.md5));
  t.ok(line.includes(ssecKey.fingerprint));
});

t.test('leaves what it redacts as it was', async (t) => {
  const headers = { authorization: 'still here' };
  logged((log) => log.info({ headers }, 'text'));
  t.equal(headers.authorization, 'still here');
});
