import { S3Error } from '../../s3/errors.ts';
import { parseQuery, Query } from '../../s3/query.ts';
import { claimedId, type Known, shownId } from '../../signatures/claimed.ts';
import { secretsOf } from '../../snapshot/secrets.ts';
import type { Exchange } from '../exchange.ts';
import type { Serving } from '../serving.ts';

/** Who one that was not let in says to be, for the log. The fields of a form are known from the error alone. */
export function claimedBy(
  { received, rawTarget }: Pick<Exchange, 'received' | 'rawTarget'>,
  error: unknown,
  { snapshot }: Pick<Serving, 'snapshot'>,
): string | undefined {
  const known: Known = {
    isId: (text) => snapshot.clients.has(text),
    isSecret: (text) => secretsOf(snapshot).has(text),
  };
  const { AWSAccessKeyId, AccessKeyId } = error instanceof S3Error ? error.fields : NO_FIELDS;
  const told = AWSAccessKeyId ?? AccessKeyId;
  if (told !== undefined) return shownId(told, known);
  return claimedId(received.headers, queryOf(rawTarget), known);
}

const NO_FIELDS: S3Error['fields'] = {};

/** What can't be read claims nothing. */
function queryOf(rawTarget: string): Query {
  const at = rawTarget.indexOf('?');
  try {
    return parseQuery(at < 0 ? '' : rawTarget.slice(at + 1));
  } catch {
    return new Query([]);
  }
}
