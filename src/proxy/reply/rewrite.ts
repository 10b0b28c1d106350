import type { Holding } from '../../response/held-bytes.ts';
import { readToRewrite } from '../../response/late-document.ts';
import type { RuleSet } from '../../rules/match.ts';
import { S3Error } from '../../s3/errors.ts';
import { holdsKey } from '../../ssec/leak.ts';
import { inTurns, type Work } from '../../turns.ts';
import { letGoOfAll } from '../../upstream/let-go.ts';
import { clientOf, type Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { clientHeaders } from './head.ts';
import type { Reply, Replying } from './reply.ts';
import { sendDocument } from './send.ts';

/** A thousand parts with their checksums have less. */
const LONGEST = 4 * 1024 * 1024;

/** How the document of an answer of status 200 becomes the client's. */
export interface Rewrite {
  /** Elsewhere the answer streams on unchanged. */
  readonly applies: (plan: Plan, rules: RuleSet) => boolean;
  /** In bytes; by default, what fits a document of one object. */
  readonly longest?: number;
  /**
   * @param document UTF-8, from its root element on; what becomes of it is the same
   * @throws S3Error MalformedXML for one that nobody can read
   */
  readonly rewrite: (document: Buffer, reply: Reply) => Work<string | Buffer>;
}

/** Reads the document of an answer whole and sends it rewritten. */
export function rewriting({ longest = LONGEST, rewrite }: Rewrite): Replying {
  return async (reply) => {
    const { exchange, plan } = reply;
    const { response } = reply.answer;
    const { heldBytes } = reply.serving;
    if ((response.headers['content-encoding'] ?? 'identity') !== 'identity') throw unreadable();
    const holding = heldBytes.begin({ client: clientOf(exchange), signal: exchange.signal });
    try {
      const limit = plan.upstream.timeouts.document;
      const { 'content-length': length } = response.headers;
      const expected = length === undefined ? undefined : Number(length);
      const document = await readToRewrite(response, { limit, longest, holding, expected });
      if (plan.ssecKeys.length > 0 && holdsKey(document.toString(), plan.ssecKeys)) throw unreadable();
      const rewritten = await inTurns(readably(rewrite(document, reply)));
      if (isCopied(rewritten, document)) letGoOfAll(document);
      await sendDocument(exchange, 200, rewritten, clientHeaders(response, 'replaced', plan));
    } finally {
      endWhenSent(exchange, holding);
    }
  };
}

/** Is the document no longer needed? */
function isCopied(rewritten: string | Buffer, document: Buffer): boolean {
  return typeof rewritten === 'string' || rewritten.buffer !== document.buffer;
}

/** What a client has not taken yet is still held, for a while: who takes nothing must not keep others out for long. */
export function endWhenSent({ response }: Pick<Exchange, 'response'>, holding: Holding): void {
  if (response.closed || !response.headersSent) {
    holding.end();
    return;
  }
  const end = (): void => {
    clearTimeout(timer);
    holding.end();
  };
  const timer = setTimeout(end, holding.sending).unref();
  response.once('close', end);
}

/** A document that can't be read is the store's fault, and not that of the request. */
function* readably<T>(work: Work<T>): Work<T> {
  try {
    return yield* work;
  } catch (error) {
    // What the reader says is meant for clients, of documents of theirs.
    throw error instanceof S3Error && error.code === 'MalformedXML' ? unreadable() : error;
  }
}

export function unreadable(): S3Error {
  const cause = new Error('the document of the store is not what was asked for, or shows a key');
  return new S3Error('InternalError', 'The store did not answer with what was asked for.', { cause });
}
