import type { StoreRequest } from '../store-client/client.ts';
import { ask, isFailure, wordsOf } from './ask.ts';
import { LEARN } from './replay-answer.ts';
import { bodyOf, requestOf } from './replay-request.ts';
import type { Stage, State } from './replay-stage.ts';
import type { Sequence, Step } from './sequences/step.ts';

export interface Replayed {
  /** What would make a client fail; undefined when nothing would. */
  readonly trouble: string | undefined;
  readonly requests: number;
  /** How many stored objects were checked at the store. */
  readonly inspected: number;
  /** Names of the objects that exist at the end. */
  readonly stored: readonly string[];
}

/**
 * Replays the requests of the client and checks each response as the client would: status, body, content of lists. Checks
 * every written object at the store. Ends at the first failure. @throws UpstreamError
 */
export async function replay({ steps }: Pick<Sequence, 'steps'>, stage: Stage): Promise<Replayed> {
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

const STORES: ReadonlySet<Step['op']> = new Set(['Put', 'Copy', 'Complete', 'Append', 'SetMetadata']);

async function play(step: Step, stage: Stage, state: State): Promise<string | undefined> {
  const body = bodyOf(step, stage, state);
  const { bench, links } = stage;
  const through = { ...stage, bench: step.op === 'Link' ? links : bench };
  const answer = await send(through, requestOf(step, stage, state, body));
  if (step.absent === true) {
    if (!isFailure(answer)) return 'it exists, but nobody created it';
    return answer.status === 404 ? undefined : `expected status 404, but got ${wordsOf(answer)}`;
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
