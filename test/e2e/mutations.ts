import type { Part, WireRequest } from '../support/wire-requests.ts';

type Change = 'mutated' | 'dropped' | 'doubled' | 'swapped with the next';
type Place = 'header' | 'query' | 'body';

export interface Mutant {
  readonly place: Place;
  readonly part: string;
  readonly change: Change;
  readonly request: WireRequest;
}

/** Every part of a request mutated, dropped, doubled and swapped with its neighbour, one at a time. */
export function mutantsOf(request: WireRequest): Mutant[] {
  const authorization = ['Credential', 'SignedHeaders', 'Signature'].flatMap((field) =>
    fieldMutants(request, field),
  );
  return [
    ...changes(request.headers).map((each) => ({
      ...each,
      place: 'header' as const,
      request: { ...request, headers: each.parts },
    })),
    ...changes(request.query).map((each) => ({
      ...each,
      place: 'query' as const,
      request: { ...request, query: each.parts },
    })),
    ...changes(request.body).map((each) => ({
      ...each,
      place: 'body' as const,
      request: ofTrueLength({ ...request, body: each.parts }),
    })),
    ...authorization,
  ];
}

/** A body that is shorter than its Content-Length would only be waited for. */
function ofTrueLength(request: WireRequest): WireRequest {
  const length = request.body.reduce((sum, { value }) => sum + value.length, 0);
  const headers = request.headers.map((part) =>
    part.name === 'content-length' ? { ...part, value: String(length) } : part,
  );
  return { ...request, headers };
}

interface Changed {
  readonly part: string;
  readonly change: Change;
  readonly parts: readonly Part[];
}

function changes(parts: readonly Part[]): Changed[] {
  return parts.flatMap((part, index) => {
    const next = parts[index + 1];
    const all: Changed[] = [
      {
        part: part.name,
        change: 'mutated',
        parts: parts.with(index, { ...part, value: mutate(part.value) }),
      },
      { part: part.name, change: 'dropped', parts: parts.toSpliced(index, 1) },
      { part: part.name, change: 'doubled', parts: parts.toSpliced(index, 0, part) },
    ];
    if (next)
      all.push({
        part: part.name,
        change: 'swapped with the next',
        parts: parts.toSpliced(index, 2, next, part),
      });
    return all;
  });
}

/** The last character becomes its neighbour, of the same class where that matters to a parser. */
function mutate(value: string): string {
  const last = value.slice(-1);
  const other =
    last === '0'
      ? '1'
      : last === '='
        ? 'A'
        : last === '\n'
          ? ' '
          : last === 'a'
            ? 'b'
            : last === '9'
              ? '8'
              : undefined;
  return value.slice(0, -1) + (other ?? String.fromCharCode(value.charCodeAt(value.length - 1) - 1));
}

function fieldMutants(request: WireRequest, field: string): Mutant[] {
  const index = request.headers.findIndex(({ name }) => name === 'authorization');
  const header = request.headers[index];
  if (!header) return [];
  const fields = header.value.replace(/^\S+ /, '').split(', ');
  const own = fields.findIndex((text) => text.startsWith(`${field}=`));
  const written = (next: readonly string[]): WireRequest => ({
    ...request,
    headers: request.headers.with(index, { ...header, value: `AWS4-HMAC-SHA256 ${next.join(', ')}` }),
  });
  const text = fields[own] ?? '';
  const variants: [Change, WireRequest][] = [
    ['mutated', written(fields.with(own, mutate(text)))],
    ['dropped', written(fields.toSpliced(own, 1))],
    ['doubled', written(fields.toSpliced(own, 0, text))],
  ];
  return variants.map(([change, changed]) => ({
    place: 'header',
    part: `authorization ${field}`,
    change,
    request: changed,
  }));
}
