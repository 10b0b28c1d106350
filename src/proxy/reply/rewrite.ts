import { readLateDocument } from '../../response/late-document.ts';
import type { RuleSet } from '../../rules/match.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Plan } from '../plan/plan.ts';
import { clientHeaders } from './client-headers.ts';
import type { Reply, Replying } from './reply.ts';
import { sendDocument } from './send.ts';

/** How the document of an answer of status 200 becomes the client's. */
export interface Rewrite {
  /** Elsewhere the answer streams on unchanged. */
  readonly applies: (plan: Plan, rules: RuleSet) => boolean;
  /** In bytes; by default, what fits a document of one object. */
  readonly longest?: number;
  /** @returns the document from its root element on */
  readonly rewrite: (document: string, reply: Reply) => string;
}

/** Reads the document of an answer whole and sends it rewritten. */
export function rewriting({ longest, rewrite }: Rewrite): Replying {
  return async (reply) => {
    const { exchange, plan } = reply;
    const { response } = reply.answer;
    if ((response.headers['content-encoding'] ?? 'identity') !== 'identity') throw unreadable();
    const document = rewrite(await readLateDocument(response, () => {}, longest), reply);
    await sendDocument(exchange, 200, document, clientHeaders(response, 'replaced', plan));
  };
}

export function unreadable(cause?: unknown): S3Error {
  return new S3Error('InternalError', 'The store did not answer with what was asked for.', { cause });
}
