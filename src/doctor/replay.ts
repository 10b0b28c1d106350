import type { StoreRequest } from '../store-client/client.ts';
import { ask, isFailure, wordsOf } from './ask.ts';
import { LEARN } from './replay-answer.ts';
import { bodyOf, requestOf } from './replay-request.ts';
import type { Stage, State } from './replay-stage.ts';
import type { Sequence, Step } from './sequences/step.ts';

export interface Replayed {
  /** What a client would stumble over; undefined when it would not. */
  readonly trouble: string | undefined;
  readonly requests: number;
  /** How often something was stored and looked at, at the store. */
  readonly inspected: number;
  /** Names of the objects that are there at the end. */
  readonly stored: readonly string[];
}

/**
 * Does what the client does, and looks at each answer as it would: status, bodies, what lists hold; and at the store, at
 * what was written. Ends with the first trouble. @throws UpstreamError
 */
export async function replay({ steps }: Sequence, stage: Stage): Promise<Replayed> {
  const state: State = { objects: new Map(), uploads: new Map() };
  let requests = 0;
  let inspected = 0;
  let trouble: string | undefined;
  try {
    for (const step of steps) {
      requests += 1;
      trouble = await play(step, stage, state);
      if (trouble === undefined && STORES.has(step.op)) {
        trouble = await stage.inspect(step.on ?? '');
        inspected += 1;
      }
      if (trouble === undefined) continue;
      trouble = `request ${requests} of ${steps.length}, ${step.op} ${step.on ?? ''}: ${trouble}`;
      break;
    }
  } finally {
    for (const [on, { id }] of state.uploads) {
      await send(stage, { method: 'DELETE', objectKey: on, query: { uploadId: id } });
    }
  }
  return { trouble, requests, inspected, stored: [...state.objects.keys()] };
}

const STORES: ReadonlySet<Step['op']> = new Set(['Put', 'Copy', 'Complete']);

async function play(step: Step, stage: Stage, state: State): Promise<string | undefined> {
  const body = bodyOf(step, stage, state);
  const { bench, links } = stage;
  const through = { ...stage, bench: step.op === 'Link' ? links : bench };
  const answer = await send(through, requestOf(step, stage, state, body));
  if (step.absent === true) {
    if (!isFailure(answer)) return 'it is there, and nobody made it';
    return answer.status === 404 ? undefined : `status 404 is wanted, and ${wordsOf(answer)} came`;
  }
  if (isFailure(answer)) return wordsOf(answer);
  return LEARN[step.op]?.(step, answer, state, body, stage);
}

async function send(
  { bench, bucket, folder }: Stage,
  { objectKey, ...request }: Omit<StoreRequest, 'bucket'>,
): ReturnType<typeof ask> {
  const named = objectKey === undefined ? {} : { objectKey: `${folder}${objectKey}` };
  return await ask(bench, { ...request, ...named, bucket });
}
