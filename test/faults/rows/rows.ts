import type { Row } from '../row.ts';
import { BROKEN_ANSWERS } from './broken-answers.ts';
import { CLIENTS } from './clients.ts';
import { EARLY_ANSWERS } from './early-answers.ts';
import { FOREIGN_ANSWERS } from './foreign-answers.ts';
import { GARBAGE } from './garbage.ts';
import { HELD } from './held.ts';
import { LATE_DOCUMENTS } from './late-documents.ts';
import { LEAVING } from './leaving.ts';
import { LEFTOVERS } from './leftovers.ts';
import { PIPELINES } from './pipelines.ts';
import { RETRIES } from './retries.ts';
import { SLOW_CLIENTS } from './slow-clients.ts';
import { STALLS } from './stalls.ts';
import { STATUSES } from './statuses.ts';

/** The contract of every transport to the store. */
export const ROWS: readonly Row[] = [
  ...HELD,
  ...BROKEN_ANSWERS,
  ...STALLS,
  ...GARBAGE,
  ...EARLY_ANSWERS,
  ...FOREIGN_ANSWERS,
  ...LEFTOVERS,
  ...STATUSES,
  ...RETRIES,
  ...LATE_DOCUMENTS,
  ...CLIENTS,
  ...PIPELINES,
  ...LEAVING,
  ...SLOW_CLIENTS,
];
