import { type Dialect, S3 } from '../../dialects/dialect.ts';
import type { Difference } from '../../dialects/documents.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Plan } from './plan.ts';

type Between = Pick<Plan, 'operation' | 'upstream'>;

/**
 * For a client and a store that speak different dialects: can what their documents say be told to the other side?
 * @throws S3Error NotImplemented
 */
export function requireTold({ operation, upstream }: Between, client: Dialect): void {
  const store = upstream.dialect ?? S3;
  const { name, body, answers } = operation;
  if (client === store || (body !== 'xml' && body !== 'raw' && answers !== 'document')) return;
  if (differenceOf(name, client) && differenceOf(name, store)) return;
  throw new S3Error(
    'NotImplemented',
    `The client and the store of this bucket speak different dialects (${client.name}, ${store.name}), and the documents of ${name} can't be told from one to the other. Use a client that speaks as the store does.`,
  );
}

/** How the documents of an operation differ from those of S3; undefined where that is not known. */
export function differenceOf(operation: string, { documents }: Dialect): Difference | undefined {
  return documents === 'same' ? SAME : documents.get(operation);
}

const SAME: Difference = { kind: 'same' };
