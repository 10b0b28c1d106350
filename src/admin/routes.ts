/** What the admin address answers: a row of its table. */
export interface Route {
  /** A GET route answers HEAD too. */
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The names that its query may have. Any other is refused. */
  readonly query?: readonly string[];
  /** A probe that has no query is answered to everybody; everything else asks for the token, where there is one. */
  readonly probe?: true;
  /** Each answer is on record. */
  readonly recorded?: true;
  /** Nobody gets it at an address that has neither a token nor authorities. */
  readonly guarded?: true;
  /** What it may take until its first byte, in milliseconds, beyond `admin.timeout`. */
  readonly takes?: (query: Query) => number;
  readonly answer: (asked: Asked) => Reply | Promise<Reply>;
}

/** Each name once, decoded. */
export type Query = ReadonlyMap<string, string>;

interface Asked {
  readonly query: Query;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

type Routed = { readonly route: Route; readonly query: Query } | { readonly refused: Reply };

/** An object key has up to 1024 bytes, three times that when it is percent-encoded. */
const MOST_TARGET = 8192;

/** The row for a request, or why there is none. */
export function routeOf(routes: readonly Route[], method: string, target: string): Routed {
  if (target.length > MOST_TARGET) return refused(414, `the target has more than ${MOST_TARGET} bytes`);
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const here = routes.filter((route) => route.path === path);
  if (here.length === 0) return refused(404, `try ${routes.map((route) => route.path).join(', ')}`);
  const route = here.find((one) => one.method === (method === 'HEAD' ? 'GET' : method));
  if (!route) return notAllowed(here);
  const query = queryOf(mark === -1 ? '' : target.slice(mark + 1), route.query ?? []);
  return typeof query === 'string' ? refused(400, query) : { route, query };
}

/** One line of text, as probes and people read it. */
export function line(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-type': TEXT, ...headers }, body: `${text}\n` };
}

const TEXT = 'text/plain; charset=utf-8';

function notAllowed(here: readonly Route[]): Routed {
  const methods = here.map(({ method }) => (method === 'GET' ? 'GET, HEAD' : method)).join(', ');
  return { refused: line(405, `this path takes ${methods} only`, { allow: methods }) };
}

function refused(status: number, text: string): Routed {
  return { refused: line(status, text) };
}

/** What the query says, or what is wrong with it. Nothing of it is repeated: it may hold a secret that was mistyped. */
function queryOf(text: string, known: readonly string[]): Query | string {
  const query = new Map<string, string>();
  if (text === '') return query;
  for (const [name, value] of new URLSearchParams(text)) {
    if (!known.includes(name))
      return known.length === 0 ? 'this path takes no query' : `the query may have ${known.join(', ')} only`;
    if (query.has(name)) return `the query has ${name} twice`;
    query.set(name, value);
  }
  return query;
}
