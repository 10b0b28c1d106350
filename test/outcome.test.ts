import t from 'tap';
import { type AnswerEnd, countedStatus, type Outcome, outcomeOf } from '../src/outcome.ts';

const ROWS: readonly (readonly [status: number, end: AnswerEnd, outcome: Outcome, counted: number])[] = [
  [200, 'whole', 'served', 200],
  [206, 'whole', 'served', 206],
  [304, 'whole', 'served', 304],
  [404, 'whole', 'refused', 404],
  [412, 'whole', 'refused', 412],
  [403, 'whole', 'refused', 403],
  [501, 'whole', 'refused', 501],
  [500, 'whole', 'failed', 500],
  [503, 'whole', 'failed', 503],
  [200, 'left', 'left', 499],
  [503, 'left', 'left', 499],
  [499, 'left', 'left', 499],
  [200, 'cut', 'cut', 599],
  [503, 'cut', 'cut', 599],
];

t.test('an outcome is judged by the status and by whether the answer is whole', async (t) => {
  for (const [status, end, outcome, counted] of ROWS) {
    t.equal(outcomeOf(status, end), outcome, `${status}, ${end}`);
    t.equal(countedStatus(status, outcome), counted, `${status}, ${end}: counted as`);
  }
});
