import type { RequestFields } from '../log-line.ts';
import type { Failure } from './facts.ts';

/** So many are kept of each kind; a scanner that is refused pushes out no failure. */
export const MOST_FAILURES = 50;

/** Of a text, in characters. */
const MOST_TEXT = 300;

/** Answers to a question rather than troubles: they fill no list of what went wrong. */
const USUAL: ReadonlySet<number> = new Set([404, 409, 412, 416, 501]);

/** The last requests that failed, and the last that were refused. */
export class Failures {
  readonly failed: Failure[] = [];
  readonly refused: Failure[] = [];

  note(fields: RequestFields, now: number): void {
    const { outcome, status = 0 } = fields;
    if (outcome === undefined || outcome === 'served') return;
    if (outcome !== 'refused') keep(this.failed, fields, now);
    else if (!USUAL.has(status)) keep(this.refused, fields, now);
  }
}

function keep(list: Failure[], fields: RequestFields, now: number): void {
  if (list.length === MOST_FAILURES) list.shift();
  const { id = '', op, status = 0, outcome = 'failed', code, upstream } = fields;
  list.push({
    at: now,
    id,
    outcome,
    op,
    status,
    code,
    client: cut(fields.client),
    claimed: cut(fields.claimed),
    bucket: cut(fields.bucket),
    objectKey: cut(fields.objectKey),
    upstream,
    cause: cut(fields.cause),
  });
}

function cut(text: string | undefined): string | undefined {
  return text !== undefined && text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}

/** Those of several processes: the latest. */
export function latest(all: readonly (readonly Failure[])[]): readonly Failure[] {
  return all
    .flat()
    .toSorted((one, other) => one.at - other.at)
    .slice(-MOST_FAILURES);
}
