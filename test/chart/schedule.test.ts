import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CHART } from './helm.ts';

const { properties } = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
const pattern = new RegExp(properties.verify.properties.schedule.pattern);

/** As the standard parser of github.com/robfig/cron/v3 takes them, by which the API server judges a CronJob. */
const TAKEN = [
  '0 3 * * 0',
  '*/15 * * * *',
  '0 0,12 1-15/2 JAN-mar MON-FRI',
  '5  4 ? * sun',
  '59 23 31 12 6',
  '@daily',
  '@every 36h',
];
const REFUSED = [
  '',
  'nonsense',
  '* * * *',
  '0 0 3 * * 0',
  '60 3 * * *',
  '0 24 * * *',
  '0 3 0 * *',
  '0 3 32 * *',
  '0 3 * 13 *',
  '0 3 * * 7',
  '0 3 * FOO *',
  '@sometimes',
  '@every day',
  'TZ=UTC 0 3 * * *',
];

t.test('the schedule of verify is one that a CronJob takes', (t) => {
  for (const schedule of TAKEN) t.match(schedule, pattern, schedule);
  for (const schedule of REFUSED) t.notMatch(schedule, pattern, `"${schedule}"`);
  t.end();
});
