import type { Beginning } from '../../response/beginning.ts';
import { S3Error } from '../../s3/errors.ts';
import { holdsKey } from '../../ssec/leak.ts';
import type { Asker } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';

/** Of a name in the log, in characters. */
const MOST_SHOWN = 60;

/**
 * The error for an answer that is not one to what was asked. The outcome is not known: the client is to try again.
 * @param fault behind "the store answered GetObject with", for the log
 */
export function misfit(log: Asker['log'], { operation: { name } }: Plan, fault: string): S3Error {
  log.cause = `the store answered ${name} with ${fault}`;
  return new S3Error(
    'ServiceUnavailable',
    'The answer of the store does not fit the request. Please try again.',
  );
}

/** What stands behind the head of an answer, in words for the log. */
export function described(begins: Beginning, ssecKeys: Plan['ssecKeys']): string {
  if (begins.kind !== 'document')
    return begins.kind === 'nothing' ? 'no document' : 'a body that is not a document';
  const { root } = begins;
  return root.length > MOST_SHOWN || holdsKey(root, ssecKeys) ? 'another document' : `<${root}>`;
}
