import t from 'tap';
import { checkTimestamp, timestampOf, toTimestamp } from '../../src/sigv4/timestamp.ts';
import { codeOf, refusal } from '../support/failure.ts';
import { wireHeaders } from '../support/headers.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const TIMESTAMP = '20260601T120000Z';
const shifted = (ms: number): string => toTimestamp(new Date(NOW.getTime() + ms));

t.test('writes a date as SigV4 does', async (t) => {
  t.equal(toTimestamp(NOW), TIMESTAMP);
  t.equal(toTimestamp(new Date('2026-01-02T03:04:05.678Z')), '20260102T030405Z');
});

t.test('prefers x-amz-date to Date, and takes Date when it is alone', async (t) => {
  const date = 'Mon, 01 Jun 2026 12:00:00 GMT';
  t.equal(
    timestampOf(wireHeaders({ 'x-amz-date': TIMESTAMP, date: 'Fri, 24 May 2013 00:00:00 GMT' })),
    TIMESTAMP,
  );
  t.equal(timestampOf(wireHeaders({ date })), TIMESTAMP);
});

t.test('refuses a request without a readable date', async (t) => {
  const unreadable: Record<string, string>[] = [
    {},
    { date: '' },
    { date: 'yesterday' },
    { 'x-amz-date': '' },
    { 'x-amz-date': '2026-06-01T12:00:00Z' },
    { 'x-amz-date': '20260601T120000' },
    { 'x-amz-date': '20261301T120000Z' },
    { 'x-amz-date': '20260601T250000Z' },
    { 'x-amz-date': 'garbage', date: 'Mon, 01 Jun 2026 12:00:00 GMT' },
  ];
  for (const headers of unreadable) {
    t.equal(
      codeOf(() => timestampOf(wireHeaders(headers))),
      'AccessDenied',
      JSON.stringify(headers),
    );
  }
  const repeated = wireHeaders({ 'x-amz-date': [TIMESTAMP, TIMESTAMP] });
  t.equal(
    codeOf(() => timestampOf(repeated)),
    'InvalidRequest',
  );
});

t.test('lets a clock be 15 minutes off in either direction, and no more', async (t) => {
  for (const ms of [0, 900_000, -900_000, 1000])
    t.doesNotThrow(() => checkTimestamp(shifted(ms), NOW), String(ms));
  for (const ms of [901_000, -901_000, 86_400_000, -86_400_000]) {
    const error = refusal(() => checkTimestamp(shifted(ms), NOW));
    t.match(error, {
      code: 'RequestTimeTooSkewed',
      status: 403,
      fields: {
        RequestTime: shifted(ms),
        ServerTime: '2026-06-01T12:00:00.000Z',
        MaxAllowedSkewMilliseconds: '900000',
      },
    });
  }
  t.equal(
    codeOf(() => checkTimestamp('not a timestamp', NOW)),
    'RequestTimeTooSkewed',
  );
});
