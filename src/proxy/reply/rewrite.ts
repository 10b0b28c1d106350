import { readLateDocument } from '../../response/late-document.ts';
import type { RuleSet } from '../../rules/match.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Plan } from '../plan/make-plan.ts';
import { clientHeaders } from './client-headers.ts';
import type { Reply } from './documents.ts';
import { sendDocument } from './send.ts';

/** How the document of an answer of status 200 becomes the client's, an operation a row. */
export interface Rewrite {
  /** Elsewhere the answer streams on as it is. */
  readonly applies: (plan: Plan, rules: RuleSet) => boolean;
  /** In bytes; unless said, what fits a document of one object. */
  readonly longest?: number;
  /** @returns the document from its root element on */
  readonly rewrite: (document: string, reply: Reply) => string;
}

/** Undefined where the answer streams on as it is. */
export function rewriting(
  row: Rewrite | undefined,
  plan: Plan,
  rules: RuleSet,
): ((reply: Reply) => Promise<void>) | undefined {
  if (!row?.applies(plan, rules)) return undefined;
  return async (reply) => {
    const { exchange, response } = reply;
    if ((response.headers['content-encoding'] ?? 'identity') !== 'identity') throw unreadable();
    const document = row.rewrite(await readLateDocument(response, () => {}, row.longest), reply);
    await sendDocument(exchange, 200, `${DECLARATION}${document}`, clientHeaders(response, 'replaced', plan));
  };
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function unreadable(cause?: unknown): S3Error {
  return new S3Error('InternalError', 'The store did not answer with what was asked for.', { cause });
}
