import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Call } from './call.ts';
import { faultyAnswer, faultyHeaders } from './faults.ts';
import type { Front, Profile } from './profile.ts';
import { isRefused } from './refused.ts';
import { asRefused, reply, replyError } from './reply.ts';
import type { Rules } from './rules.ts';
import type { Shared } from './shared.ts';

/** The canonical user id of everyone here. */
const OWNER = '5a4db0c5'.repeat(8);

/** Codes of a stream whose peer has disconnected. */
const CLIENT_LEFT = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE']);

/** One request from its first byte to its last. `expects`: the client waits for `100 Continue`. */
export async function handle(
  profile: Profile,
  shared: Shared,
  request: IncomingMessage,
  response: ServerResponse,
  expects: boolean,
): Promise<void> {
  const front = profile.open(shared, request);
  for (const [name, value] of Object.entries(front.common)) response.setHeader(name, value);
  let waiting = expects;
  const invite = (): void => {
    if (waiting) response.writeContinue();
    waiting = false;
  };
  try {
    const answer = await answerOf(shared, { front, rules: profile.rules }, request, invite);
    await reply(response, front.worded(answer));
  } catch (error) {
    if (!isRefused(error) && !clientLeft(error)) shared.onFailure(error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // A body without its 100 may come or not, so the connection can't be used again.
    if (waiting) response.setHeader('Connection', 'close');
    replyError(response, asRefused(error), front);
  }
}

function clientLeft(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CLIENT_LEFT.has(String(error.code));
}

async function answerOf(
  shared: Shared,
  { front, rules }: { readonly front: Front; readonly rules: Rules },
  request: IncomingMessage,
  invite: () => void,
): Promise<Answer> {
  const { operation, handler, headers, target, chunks } = front.admit();
  const { buckets, data, region, secure } = shared;
  const call: Call = {
    request,
    dialect: front.dialect,
    rules,
    operation,
    headers: faultyHeaders(shared.faults, operation, headers),
    target,
    chunks,
    secure,
    now: shared.clock(),
    buckets,
    data,
    region,
    owner: OWNER,
    invite,
  };
  return faultyAnswer(shared.faults, await handler(call));
}
