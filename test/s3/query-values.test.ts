import t from 'tap';
import { OPERATIONS } from '../../src/s3/operations.ts';
import { faultOf } from '../../src/s3/query-values.ts';

const VALUED = [
  'annotationName',
  'attname',
  'id',
  'length',
  'list-type',
  'name',
  'partNumber',
  'position',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'select-type',
  'uploadId',
  'versionId',
  'x-image-process',
];
/** Options without which an operation is the same one: clients send them empty. */
const MAY_BE_EMPTY = [
  'allow-unordered',
  'annotation-prefix',
  'bucket-region',
  'continuation-token',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'key-marker',
  'marker',
  'max-annotation-results',
  'max-buckets',
  'max-directory-buckets',
  'max-keys',
  'max-parts',
  'max-uploads',
  'metadata',
  'part-number-marker',
  'prefix',
  'start-after',
  'upload-id-marker',
  'version-id-marker',
  'x-id',
];
const IDENTIFIERS = ['id', 'uploadId', 'versionId'];

t.test('every name of the table needs a value, may be empty or is a sub-resource', async (t) => {
  for (const { name: operation, names, query } of OPERATIONS) {
    for (const name of names) {
      const valued = VALUED.includes(name);
      const known = valued || MAY_BE_EMPTY.includes(name) || query.some((one) => one.split('=')[0] === name);
      if (!known) t.fail(`${operation}: nobody has decided whether ${name} needs a value`);
      if ((faultOf({ name, value: '' }) !== undefined) !== valued) t.fail(`${operation}: ${name}=`);
    }
  }
});

t.test('blanks and control characters are not values', async (t) => {
  for (const name of VALUED)
    for (const value of ['', ' ', '\t', '\u00A0', '\u3000', '\uFEFF', '\0', '\n', 'a\0', 'a\r\nb', 'a\u0085'])
      t.ok(faultOf({ name, value }), `${name}=${JSON.stringify(value)}`);
});

t.test('ids are plain characters, and never a folder of ids', async (t) => {
  const encoded = (text: string): string => Buffer.from(text).toString('base64url');
  for (const name of IDENTIFIERS) {
    for (const value of [
      ' a',
      'a ',
      'a b',
      'ä',
      '\u200Ba',
      '.',
      '..',
      './',
      'a/..',
      'a/../b',
      'a\\..\\b',
      encoded('deployment.'),
      encoded('deployment..'),
      encoded('deployment./'),
      encoded('deployment.a/../..'),
    ])
      t.ok(faultOf({ name, value }), `${name}=${value}`);
    for (const value of [
      'null',
      'u',
      '1',
      '2~4tB3jVFpS9dXcF0aVbKp1QhZ8yXr2ce',
      'a/b+c==',
      'a..b',
      '.a',
      'xadcOB_7YPBOJuoFiQ9cz4P3Pe6FIZwO4f7wN93uHsNBEw97pl5eNwzExg0LAT2dUN91cOmrEQHDsP3WA60CEg--',
      encoded('755bd4a2-e79b-4fd9-98e3-fe25119460c3.14ee4306'),
      'e1c8f1b0_1a2b',
    ])
      t.equal(faultOf({ name, value }), undefined, `${name}=${value}`);
  }
});

t.test('a part number is a plain number from 1 to 10000', async (t) => {
  for (const value of [
    '0',
    '-1',
    '+1',
    '01',
    '1.0',
    '1e3',
    '0x1',
    ' 1',
    '10001',
    '99999999999999999999',
    '١',
  ])
    t.equal(
      faultOf({ name: 'partNumber', value }),
      'Part number must be an integer between 1 and 10000, inclusive',
      value,
    );
  for (const value of ['1', '9', '10', '9999', '10000'])
    t.equal(faultOf({ name: 'partNumber', value }), undefined, value);
});

t.test('headers of answers may have blanks', async (t) => {
  const value = 'attachment; filename="Übersicht 1.pdf"';
  t.equal(faultOf({ name: 'response-content-disposition', value }), undefined);
});
