import type { Load } from '../load.ts';
import { ALL_AT_ONCE } from './all-at-once.ts';
import { DEAD_NAME } from './dead-name.ts';
import { DOCUMENTS } from './documents.ts';
import { FEW_DESCRIPTORS } from './few-descriptors.ts';
import { IDLE_CONNECTIONS } from './idle-connections.ts';
import { SLOW_CLIENTS } from './slow-clients.ts';
import { UNANSWERED } from './unanswered.ts';
import { UNSIZED } from './unsized.ts';

export const LOADS: readonly Load[] = [
  ...UNANSWERED,
  FEW_DESCRIPTORS,
  ...IDLE_CONNECTIONS,
  DEAD_NAME,
  ...SLOW_CLIENTS,
  DOCUMENTS,
  UNSIZED,
  ...ALL_AT_ONCE,
];
