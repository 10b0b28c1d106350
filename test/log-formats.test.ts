import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeLog } from '../src/log.ts';
import { emptyFields, type RequestFields } from '../src/log-line.ts';
import { requestS3 } from '../src/log-s3.ts';
import { lineText, requestText } from '../src/log-text.ts';

const FIELDS: RequestFields = {
  id: '0123456789ABCDEF',
  method: 'PUT',
  status: 200,
  outcome: 'served',
  ms: 12.3,
  firstByteMs: 11.8,
  bytesIn: 5,
  bytesOut: 0,
  client: 'backup',
  op: 'UploadPart',
  bucket: 'b',
  objectKey: 'a "quoted" key\n2026 info\u001b[31m',
  remote: '192.0.2.1',
  tls: 'TLSv1.3',
  userAgent: 'aws-cli/2.0 "x"',
};
const TIME = '2026-06-01T12:00:00.000Z';

t.test('a line for people has what matters first, and the rest by its name', async (t) => {
  const line = requestText('info', TIME, FIELDS);
  t.match(line, /^2026-06-01T12:00:00\.000Z info PUT 200 served UploadPart 12\.3ms s3:\/\//);
  t.match(line, / client=backup /);
  t.match(line, / userAgent="aws-cli\/2\.0 \\"x\\""/);
  t.equal(line.indexOf('\n'), line.length - 1, 'an object key makes no line');
  t.notOk(line.includes('\u001b'), 'nor does it colour a terminal');
  t.match(
    lineText(`{"level":"warn","time":"${TIME}","cause":"no room","msg":"lines were dropped"}\n`),
    `${TIME} warn lines were dropped cause="no room"\n`,
  );
});

t.test('a line in the form of S3 has its 26 fields in their order', async (t) => {
  const line = requestS3(new Date(TIME), FIELDS);
  t.equal(
    line,
    '- b [01/Jun/2026:12:00:00 +0000] 192.0.2.1 backup 0123456789ABCDEF REST.PUT.PART a%20%22quoted%22%20key%0A2026%20info%1B%5B31m ' +
      '"PUT /b/a%20%22quoted%22%20key%0A2026%20info%1B%5B31m HTTP/1.1" 200 - 0 - 12 12 - "aws-cli/2.0 %22x%22" - - - - - - TLSv1.3 - -\n',
  );
  const fields = line.trim().match(/"[^"]*"|\[[^\]]*\]|\S+/g) ?? [];
  t.equal(fields.length, 26);
  t.equal(
    (
      requestS3(new Date(TIME), {})
        .trim()
        .match(/"[^"]*"|\[[^\]]*\]|\S+/g) ?? []
    ).length,
    26,
    'with nothing known too',
  );
});

t.test('who only claims to be a client is not a requester in the form of S3', async (t) => {
  const line = requestS3(new Date(TIME), { ...FIELDS, client: undefined, claimed: 'AKIDONE' });
  t.match(line, ' 192.0.2.1 - 0123456789ABCDEF ');
  t.notMatch(line, 'AKIDONE');
});

t.test('the log takes another form, and successes may be sampled', async (t) => {
  const lines: string[] = [];
  const log = makeLog('info', { write: (line) => void lines.push(line) });
  log.dress('text');
  log.request('info', FIELDS);
  log.warn({ cause: 'why' }, 'something else');
  t.match(lines[0], / info PUT 200 served /);
  t.match(lines[1], / warn something else cause=why\n$/);
  log.dress('s3');
  log.request('info', FIELDS);
  log.warn('something else');
  t.match(lines[2], /^- b \[/);
  t.match(lines[3], /^\{"level":"warn"/, 'what is no request stays JSON');
  log.dress('json', 0);
  log.request('info', FIELDS);
  t.equal(lines.length, 4, 'none of those that were served');
  for (const outcome of ['refused', 'left', 'cut', 'failed'] as const)
    log.request('info', { ...FIELDS, outcome });
  t.equal(lines.length, 8, 'all others');
});

t.test('the page of the log names every field of a request', async (t) => {
  const page = readFileSync(join(import.meta.dirname, '../docs/reference/log.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('|'));
  const named = new Set(
    rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)),
  );
  t.same(
    Object.keys(emptyFields()).filter((name) => !named.has(name)),
    [],
  );
});
