import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from '../admin/metrics.ts';
import type { KeyMemo } from '../keys/memo.ts';
import type { ListenerSettings } from '../listener/settings.ts';
import type { Logger } from '../log.ts';
import type { EncryptedUploads } from '../multipart/encrypted-uploads.ts';
import { classify } from '../s3/classify.ts';
import { S3Error } from '../s3/errors.ts';
import { parseTarget, type Target } from '../s3/target.ts';
import type { SigningKeys } from '../sigv4/signing-keys.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Distrust } from '../ssec/distrust.ts';
import type { Agents } from '../upstream/agents.ts';
import type { BucketRegions } from '../upstream/bucket-regions.ts';
import { prepareBody } from './body/carry-out.ts';
import { rewriteRequestDocument } from './body/documents.ts';
import { relayCopy } from './copy/relay-copy.ts';
import { type Exchange, makeExchange } from './exchange.ts';
import { authenticate } from './intake/authenticate.ts';
import { admitForm, isForm } from './intake/form.ts';
import { checkFraming } from './intake/framing.ts';
import { authorize } from './plan/authorize.ts';
import { makePlan, type Plan } from './plan/make-plan.ts';
import { requireProof, requireTrust } from './proof/prove.ts';
import { requireEncryptedUpload } from './proof/upload-check.ts';
import { causeOf } from './reply/cause.ts';
import { relay } from './reply/relay.ts';
import { refuse } from './reply/send.ts';
import { attemptAll } from './ring/attempts.ts';

/** What serves requests: one snapshot and what lives as long as it. */
export interface Serving {
  readonly snapshot: Snapshot;
  readonly agents: Agents;
  readonly signingKeys: SigningKeys;
  readonly distrust: Distrust;
  readonly memo: KeyMemo;
  readonly regions: BucketRegions;
  readonly encryptedUploads: EncryptedUploads;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => Date;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** THE line: a request from the socket to the store and back. Everything that is thrown on it ends here. */
export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  serving: Serving,
  listener: ListenerSettings,
): Promise<void> {
  const received = makeExchange(request, response);
  try {
    // In one function on purpose: a refusal is out before the parser hands over what stands behind the request.
    const { snapshot, agents, now } = serving;
    const { rules } = snapshot;
    checkFraming(received);
    const asked = parseTarget(received.rawTarget, received.headers.joined('host'), snapshot.domains);
    const context = { ...serving, now: now(), listener };
    const form = isForm(received, asked);
    const admitted = form
      ? await admitForm(received, asked, context)
      : { exchange: received, ...authenticate(received, asked, context) };
    const { caller, target, headers, chunks } = admitted;
    received.log.client = caller.name;
    const operation = classify(admitted.exchange.method, target, headers);
    note(received, form ? 'PostObject' : operation.name, target);
    const plan = makePlan({ operation, target, headers, signer: caller.signer, now: context.now }, snapshot);
    const { upstream } = plan;
    notePlan(received, plan, serving);
    authorize(plan, caller.permissions);
    requireTrust(plan, serving);
    const secure = upstream.protocol === 'https:';
    const body = { operation, chunks, provider: upstream.provider, secure };
    const prepared = await prepareBody({ ...admitted.exchange, headers }, body);
    const exchange = await rewriteRequestDocument(prepared, plan, { permissions: caller.permissions, rules });
    await requireEncryptedUpload(exchange, plan, serving);
    if (plan.source?.copy === 'relay') {
      await relayCopy(exchange, plan, serving);
      return;
    }
    const stored = await attemptAll(exchange, plan, { ...serving, upstream, agent: agents.of(upstream) });
    await requireProof(exchange, stored, plan, serving);
    await relay(exchange, stored, plan, { ...serving, permissions: caller.permissions });
  } catch (error) {
    await answerFailure(received, error);
  } finally {
    account(received, serving);
  }
}

async function answerFailure(exchange: Exchange, error: unknown): Promise<void> {
  const { response, log } = exchange;
  const cause = causeOf(error);
  if (cause !== undefined) log.cause ??= cause;
  if (exchange.signal.aborted || response.headersSent) {
    log.code ??= exchange.signal.aborted ? 'ClientLeft' : 'Truncated';
    response.destroy();
    return;
  }
  const known = error instanceof S3Error ? error : undefined;
  try {
    await refuse(
      exchange,
      known ?? new S3Error('InternalError', 'We encountered an internal error. Please try again.'),
    );
  } catch {
    response.destroy();
  }
}

function note({ log }: Exchange, op: string, target: Target): void {
  log.op = op;
  if (target.shape !== 'service') log.bucket = target.bucket;
  if (target.shape === 'object') log.objectKey = target.objectKey;
}

function notePlan({ log }: Exchange, { match, upstream }: Plan, { snapshot }: Serving): void {
  if (match.kind === 'rule') log.rule = match.rule.name;
  if (upstream !== snapshot.upstream) log.upstream = upstream.name;
}

/** The one log line of a request, and its place in the metrics. */
function account(exchange: Exchange, { log, metrics }: Serving): void {
  const { id, method, response, startedAt, request } = exchange;
  const status = response.statusCode;
  const elapsed = performance.now() - startedAt;
  const { op = 'unknown' } = exchange.log;
  metrics.request({ op, status, seconds: elapsed / 1000 });
  const ms = Math.round(elapsed * 10) / 10;
  const fields = { id, method, status, ms, ...exchange.log, remote: request.socket.remoteAddress };
  // NotImplemented is an answer, not a trouble: a client that keeps asking must not fill the log with warnings.
  const failed = (status >= 500 && status !== 501) || fields.code === 'Truncated';
  if (failed) log.warn(fields, 'request');
  else log.info(fields, 'request');
}
