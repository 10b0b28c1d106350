import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3 } from '../dialects/dialect.ts';
import type { ListenerSettings } from '../listener/settings.ts';
import { classify } from '../s3/classify.ts';
import { S3Error } from '../s3/errors.ts';
import { parseTarget, type Target } from '../s3/target.ts';
import { claimedDialect } from '../signatures/claimed-dialect.ts';
import { faultIn, type UpstreamError } from '../upstream/upstream-error.ts';
import { carryOut } from './body/carry-out.ts';
import { rewriteDocument } from './body/documents.ts';
import { planBody } from './body/plan-body.ts';
import { relayCopy } from './copy/relay-copy.ts';
import { type Exchange, makeExchange, UNNAMED } from './exchange.ts';
import { authenticate } from './intake/authenticate.ts';
import { checkCertificate } from './intake/certificate.ts';
import { claimedBy } from './intake/claimed.ts';
import { admitForm, isForm } from './intake/form.ts';
import { checkFraming } from './intake/framing.ts';
import { checkAudit, checkRoom, holdBytes, takePlace } from './intake/load.ts';
import { authorize } from './plan/authorize.ts';
import { makePlan, scopeOf } from './plan/make-plan.ts';
import { requireTold } from './plan/told.ts';
import { requireProof, requireTrust } from './proof/prove.ts';
import { rememberUpload } from './proof/remember-upload.ts';
import { requireEncryptedUpload } from './proof/upload-check.ts';
import { finishRecord, levelOf } from './record.ts';
import { causeForLog } from './reply/cause.ts';
import { answerNegotiation, isNegotiation } from './reply/negotiation.ts';
import { relay } from './reply/relay.ts';
import { refuse } from './reply/send.ts';
import { rememberAppend, withKeyOfObject } from './ring/append.ts';
import { attemptAll } from './ring/attempts.ts';
import type { Serving } from './serving.ts';
import { measure } from './unsized/measure.ts';

/** THE line: a request from the socket to the store and back. Everything that is thrown on it ends here. */
export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  serving: Serving,
  listener: ListenerSettings,
): Promise<void> {
  const exchange = makeExchange(request, response, listener.front, serving.tracer);
  try {
    // In one function on purpose: a refusal is out before the parser hands over what stands behind the request.
    const { snapshot, signingKeys } = serving;
    const now = serving.clock();
    checkFraming(exchange);
    checkRoom(exchange);
    if (serving.audit) checkAudit(serving.audit);
    const { received } = exchange;
    const { domains, customDomains } = snapshot;
    const asked = parseTarget(exchange.rawTarget, received.headers.joined('host'), domains, customDomains);
    noteTarget(exchange, asked);
    if (received.method === 'HEAD' && isNegotiation(asked)) {
      exchange.log.client = UNNAMED.negotiation;
      takePlace(exchange, { name: UNNAMED.negotiation }, serving);
      await answerNegotiation(exchange, snapshot.obs === true);
      return;
    }
    const context = { snapshot, signingKeys, listener, now };
    const posts = received.method === 'POST' && isForm(received, asked);
    const admitted = posts
      ? await admitForm(exchange, asked, context, serving)
      : authenticate(exchange, asked, context);
    const { caller, target, message, form, dialect } = admitted;
    if (dialect) exchange.dialect = dialect;
    exchange.trace?.spans?.authenticated();
    exchange.log.client = caller.name;
    if (caller.certificate !== undefined) checkCertificate(exchange, caller.certificate);
    takePlace(exchange, caller, serving);
    const operation = classify(message.method, target, message.headers);
    exchange.log.op = form ? 'PostObject' : operation.name;
    if (form) noteTarget(exchange, target);
    const { permissions, signer } = caller;
    const planned = { operation, target, headers: message.headers, signer, now };
    const scope = scopeOf(planned, snapshot);
    if (scope.match.kind === 'rule') exchange.log.rule = scope.match.rule.name;
    exchange.log.upstream = scope.upstream.name;
    authorize(scope, permissions);
    const made = makePlan(planned, snapshot, scope);
    if (exchange.dialect !== (made.upstream.dialect ?? S3)) requireTold(made, exchange.dialect);
    const plan = operation.appends ? await withKeyOfObject(made, message.headers, exchange, serving) : made;
    const trust = plan.write && requireTrust(exchange, plan, serving);
    if (trust) await trust;
    // SDKs of OBS send them under SigV2 as well, whose signature says as little of a body.
    const unsized = dialect !== undefined || (snapshot.obs === true && admitted.chunks === 'unsignable');
    const body = planBody(message, { plan, chunks: admitted.chunks, unsized });
    const decoded = body.kind === 'pass' ? body.message : await carryOut(body, message);
    if (plan.upload) await requireEncryptedUpload(exchange, plan, serving);
    const sized = body.kind === 'measure' ? await measure(exchange, decoded, plan, serving) : decoded;
    if (sized === 'answered') return;
    const sent =
      operation.body === 'xml'
        ? await rewriteDocument(sized, plan, {
            permissions,
            rules: snapshot.rules,
            dialect: exchange.dialect,
            hold: (bytes) => holdBytes(exchange, serving, bytes),
          })
        : sized;
    if (plan.source?.copy === 'relay') {
      await relayCopy(exchange, sent, plan, serving);
      return;
    }
    const answer = await attemptAll({ message: sent, plan, asker: exchange }, serving);
    const proof = plan.write && requireProof(exchange, answer, plan, serving);
    if (proof) await proof;
    if (operation.appends) rememberAppend(plan, answer, serving);
    if (plan.upload) rememberUpload(plan, answer.response.statusCode ?? 0, serving);
    serving.latest.keep(operation.name, message.headers, [exchange, admitted, plan, sent, answer]);
    const relaying = relay({ exchange, answer, plan, serving, permissions, form });
    if (relaying) await relaying;
  } catch (error) {
    await answerFailure(exchange, error, serving);
  } finally {
    serving.load.leave(exchange);
    // Only when the system has all of the answer, or the client is gone, is it known how it ended. One that waits behind
    // another answer of its connection has no socket either.
    if (response.closed || (response.socket === null && response.writableFinished))
      account(exchange, serving);
    else response.on('close', () => account(exchange, serving));
  }
}

async function answerFailure(exchange: Exchange, error: unknown, serving: Serving): Promise<void> {
  const { response, log } = exchange;
  const fault = faultIn(error);
  if (fault) noteFault(log.upstream ?? serving.snapshot.upstream.name, fault, serving);
  if (log.client === undefined) {
    log.claimed = claimedBy(exchange, error, serving);
    if (exchange.dialect === S3)
      exchange.dialect = claimedDialect(exchange.received.headers, exchange.rawTarget);
  }
  const cause = causeForLog(error);
  if (cause !== undefined) log.cause ??= cause;
  if (exchange.signal.aborted || response.headersSent) {
    breakOff(exchange);
    return;
  }
  try {
    await refuse(exchange, error instanceof S3Error ? error : INTERNAL);
  } catch {
    breakOff(exchange);
  }
}

function noteFault(upstream: string, { late, fault, message }: UpstreamError, serving: Serving): void {
  if (late) serving.metrics.upstreams.late(upstream, late);
  serving.observer.fault(upstream, fault, message);
}

/** The client must not take what it has for the whole. */
function breakOff({ response, signal, log }: Exchange): void {
  if (signal.aborted) log.code ??= 'ClientLeft';
  else log.code = 'Truncated';
  // Where it waits behind another answer, its connection ends when its turn comes: until then it is not over, and what
  // waits for it does not begin.
  if (response.closed || response.socket !== null) response.destroy();
  else response.once('socket', () => response.destroy());
}

const INTERNAL = new S3Error('InternalError', 'We encountered an internal error. Please try again.');

function noteTarget({ log }: Exchange, target: Target): void {
  if (target.shape !== 'service') log.bucket = target.bucket;
  if (target.shape === 'object') log.objectKey = target.objectKey;
}

/** The one log line of a request, and its place in the metrics. */
function account(exchange: Exchange, { log, metrics, observer, seen, audit, snapshot }: Serving): void {
  const fields = finishRecord(exchange);
  exchange.trace?.spans?.end(fields, snapshot.tracing?.objectKeys ?? false);
  audit?.request(fields);
  if (seen) {
    metrics.request(fields);
    observer.request(fields);
  }
  log.request(levelOf(fields), fields);
}
