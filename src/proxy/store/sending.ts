import type { SseKey } from '../../keys/key.ts';
import type { Logger } from '../../log.ts';
import type { End } from '../../ssec/headers.ts';
import type { Asker } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { Plan } from '../plan/plan.ts';
import type { Serving } from '../serving.ts';

/** One request to a store: what is said, by which plan, under which keys, and for whom. */
export interface Sending {
  readonly message: Message;
  readonly plan: Plan;
  readonly keys: AttemptKeys;
  readonly asker: Asker;
}

/** The SSE-C keys of one attempt, for each end that is injected. */
export type AttemptKeys = Readonly<Partial<Record<End, SseKey>>>;

/** How stores are reached. */
export interface Stores extends Pick<Serving, 'regions' | 'clock'> {
  readonly connections: Pick<Serving['connections'], 'of'>;
  /** Where the story of a request is told, at the level debug. */
  readonly log?: Pick<Logger, 'isLevelEnabled' | 'debug' | 'trace'> | undefined;
}
