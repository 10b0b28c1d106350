import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ListenerSettings } from '../listener/settings.ts';
import { classify } from '../s3/classify.ts';
import { S3Error } from '../s3/errors.ts';
import { parseTarget, type Target } from '../s3/target.ts';
import { lateIn } from '../upstream/upstream-error.ts';
import { carryOut } from './body/carry-out.ts';
import { rewriteDocument } from './body/documents.ts';
import { planBody } from './body/plan-body.ts';
import { relayCopy } from './copy/relay-copy.ts';
import { type Exchange, makeExchange } from './exchange.ts';
import { authenticate } from './intake/authenticate.ts';
import { admitForm, isForm } from './intake/form.ts';
import { checkFraming } from './intake/framing.ts';
import { checkRoom, holdBytes, takePlace } from './intake/load.ts';
import { authorize } from './plan/authorize.ts';
import { makePlan, type Scope, scopeOf } from './plan/make-plan.ts';
import { requireProof, requireTrust } from './proof/prove.ts';
import { rememberUpload } from './proof/remember-upload.ts';
import { requireEncryptedUpload } from './proof/upload-check.ts';
import { causeForLog } from './reply/cause.ts';
import { relay } from './reply/relay.ts';
import { refuse } from './reply/send.ts';
import { attemptAll } from './ring/attempts.ts';
import type { Serving } from './serving.ts';

/** THE line: a request from the socket to the store and back. Everything that is thrown on it ends here. */
export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  serving: Serving,
  listener: ListenerSettings,
): Promise<void> {
  const exchange = makeExchange(request, response);
  try {
    // In one function on purpose: a refusal is out before the parser hands over what stands behind the request.
    const { snapshot, signingKeys } = serving;
    const now = serving.clock();
    checkFraming(exchange);
    checkRoom(exchange);
    const { received } = exchange;
    const asked = parseTarget(exchange.rawTarget, received.headers.joined('host'), snapshot.domains);
    const context = { snapshot, signingKeys, listener, now };
    const posts = received.method === 'POST' && isForm(received, asked);
    const admitted = posts
      ? await admitForm(exchange, asked, context, serving)
      : authenticate(exchange, asked, context);
    const { caller, target, message, form } = admitted;
    exchange.log.client = caller.name;
    takePlace(exchange, caller, serving);
    const operation = classify(message.method, target, message.headers);
    note(exchange, form ? 'PostObject' : operation.name, target);
    const { permissions, signer } = caller;
    const planned = { operation, target, headers: message.headers, signer, now };
    const scope = scopeOf(planned, snapshot);
    noteScope(exchange, scope, serving);
    authorize(scope, permissions);
    const plan = makePlan(planned, snapshot, scope);
    const trust = plan.write && requireTrust(exchange, plan, serving);
    if (trust) await trust;
    const body = planBody(message, { plan, chunks: admitted.chunks });
    const decoded = body.kind === 'pass' ? body.message : await carryOut(body, message);
    if (plan.upload) await requireEncryptedUpload(exchange, plan, serving);
    const sent =
      operation.body === 'xml'
        ? await rewriteDocument(decoded, plan, {
            permissions,
            rules: snapshot.rules,
            hold: (bytes) => holdBytes(exchange, serving, bytes),
          })
        : decoded;
    if (plan.source?.copy === 'relay') {
      await relayCopy(exchange, sent, plan, serving);
      return;
    }
    const answer = await attemptAll({ message: sent, plan, asker: exchange }, serving);
    const proof = plan.write && requireProof(exchange, answer, plan, serving);
    if (proof) await proof;
    if (plan.upload) rememberUpload(plan, answer.response.statusCode ?? 0, serving);
    const relaying = relay({ exchange, answer, plan, serving, permissions, form });
    if (relaying) await relaying;
  } catch (error) {
    await answerFailure(exchange, error, serving);
  } finally {
    account(exchange, serving);
  }
}

async function answerFailure(exchange: Exchange, error: unknown, serving: Serving): Promise<void> {
  const { response, log } = exchange;
  const late = lateIn(error);
  if (late) serving.metrics.upstreams.late(log.upstream ?? serving.snapshot.upstream.name, late);
  const cause = causeForLog(error);
  if (cause !== undefined) log.cause ??= cause;
  if (exchange.signal.aborted || response.headersSent) {
    log.code ??= exchange.signal.aborted ? 'ClientLeft' : 'Truncated';
    response.destroy();
    return;
  }
  try {
    await refuse(exchange, error instanceof S3Error ? error : INTERNAL);
  } catch {
    response.destroy();
  }
}

const INTERNAL = new S3Error('InternalError', 'We encountered an internal error. Please try again.');

function note({ log }: Exchange, op: string, target: Target): void {
  log.op = op;
  if (target.shape !== 'service') log.bucket = target.bucket;
  if (target.shape === 'object') log.objectKey = target.objectKey;
}

function noteScope({ log }: Exchange, { match, upstream }: Scope, { snapshot }: Serving): void {
  if (match.kind === 'rule') log.rule = match.rule.name;
  if (upstream !== snapshot.upstream) log.upstream = upstream.name;
}

/** The one log line of a request, and its place in the metrics. */
function account(exchange: Exchange, { log, metrics, load }: Serving): void {
  load.leave(exchange);
  const { log: fields, response } = exchange;
  if (exchange.signal.aborted) fields.code ??= 'ClientLeft';
  // Nobody got what would have been sent; 499 is nginx's own number for a client that left.
  const unsent = fields.code === 'Drained' ? 503 : 499;
  const status = response.headersSent && !exchange.unanswered ? response.statusCode : unsent;
  const elapsed = performance.now() - exchange.startedAt;
  metrics.request({ op: fields.op ?? 'unknown', status, seconds: elapsed / 1000 });
  fields.id = exchange.id;
  fields.method = exchange.received.method;
  fields.status = status;
  fields.ms = Math.round(elapsed * 10) / 10;
  // NotImplemented is an answer, not a trouble: a client that keeps asking must not fill the log with warnings.
  const failed = (status >= 500 && status !== 501) || fields.code === 'Truncated';
  log.request(failed ? 'warn' : 'info', fields);
}
