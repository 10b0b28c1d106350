import type { Permissions } from '../../clients/permissions.ts';
import type { Success } from '../../forms/success.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import type { Serving } from '../serving.ts';

/** The answer of a store on its way to the client. */
export interface Reply {
  readonly exchange: Exchange;
  readonly answer: Answer;
  readonly plan: Plan;
  readonly serving: Serving;
  /** Those of the caller. */
  readonly permissions: Permissions;
  /** What was found behind the head, where that had to be looked at: of `nothing`, no byte goes on. */
  readonly behind?: 'nothing' | 'document';
  /** How to answer when the request stands for a POST of a form. */
  readonly form: Success | undefined;
}

/** Answers the client. It returns a promise only where something has to be waited for. */
export type Replying = (reply: Reply) => Promise<void> | undefined;
