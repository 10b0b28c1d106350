import t from 'tap';
import { makeLog } from '../src/log.ts';
import { droppedLine, emptyFields, type RequestFields, requestLine } from '../src/log-line.ts';

const FIELDS: RequestFields = {
  id: '0123456789abcdef',
  method: 'GET',
  status: 200,
  ms: 1.5,
  op: 'GetObject',
  bucket: 'b',
  objectKey: 'a "quoted"\n\u2028 key \ud800',
  plain: true,
  attempts: 0,
};

t.test('the line of a request is as the log writes all others', async (t) => {
  const lines: string[] = [];
  const log = makeLog('info', { write: (line) => void lines.push(line) });
  log.info(FIELDS, 'request');
  log.request('info', FIELDS);
  log.warn(FIELDS, 'request');
  log.request('warn', FIELDS);
  const timeless = lines.map((line) => ({ ...(JSON.parse(line) as object), time: '' }));
  t.same(timeless[1], timeless[0]);
  t.same(timeless[3], timeless[2]);
  t.ok(lines.every((line) => line.indexOf('\n') === line.length - 1));
});

t.test('a request is logged at its level, which may change', async (t) => {
  const lines: string[] = [];
  const log = makeLog('warn', { write: (line) => void lines.push(line) });
  log.request('info', FIELDS);
  t.equal(lines.length, 0);
  log.request('warn', FIELDS);
  t.equal(lines.length, 1);
  log.level = 'info';
  log.request('info', FIELDS);
  t.equal(lines.length, 2);
});

t.test('a field that has no name there is not printed', async (t) => {
  const strange = { ...FIELDS, headers: { authorization: 'do-not-show' }, secret: 'do-not-show' };
  const line = requestLine('info', strange);
  t.notMatch(line, /do-not-show/);
  t.match(line, /"op":"GetObject"/);
});

t.test('each field stands behind its own name, in whatever order a record has them', async (t) => {
  const record: RequestFields = emptyFields();
  const names = Object.keys(record) as (keyof RequestFields)[];
  const said: Record<string, unknown> = Object.fromEntries(names.map((name, at) => [name, `value ${at}`]));
  const fieldsOf = (text: string): object => {
    const { level, time, msg, ...fields } = JSON.parse(text) as Record<string, unknown>;
    t.same([level, msg], ['info', 'request']);
    t.ok(time);
    return fields;
  };
  t.same(fieldsOf(requestLine('info', Object.assign(record, said))), said);
  const turned = Object.fromEntries(Object.entries(said).toReversed()) as RequestFields;
  t.same(fieldsOf(requestLine('info', turned)), said);
  const fewer: RequestFields = { ...emptyFields(), ...said };
  delete fewer.method;
  t.same(
    fieldsOf(requestLine('info', fewer)),
    Object.fromEntries(Object.entries(said).filter(([name]) => name !== 'method')),
  );
});

t.test('a line tells how many are missing, and why', async (t) => {
  t.match(JSON.parse(droppedLine(3, 'its reader is gone')), {
    level: 'warn',
    dropped: 3,
    cause: 'its reader is gone',
    msg: 'log lines were dropped',
  });
});
