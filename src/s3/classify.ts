import { S3Error } from './errors.ts';
import type { WireHeaders } from './headers.ts';
import { asSpelled, lackedBy } from './obs-operations.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { Query } from './query.ts';
import { fateOf, reasonAgainst } from './query-names.ts';
import { requireValue } from './query-values.ts';
import type { Target } from './target.ts';

/** Names that S3's operations have, in lower case. One that the row does not have makes the request ambiguous. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  ...OPERATIONS.flatMap(({ names }) => [...names].map((name) => name.toLowerCase())),
  'select-type',
]);

/** A row with what its conditions say. */
interface Candidate {
  readonly operation: Operation;
  readonly query: readonly Condition[];
  readonly headers: readonly Condition[];
}

/** A name that must be there, and its value, or how that begins in a header; any value where none is said. */
interface Condition {
  readonly name: string;
  readonly value: string | undefined;
}

type ByMethod = ReadonlyMap<string, readonly Candidate[]>;
type Candidates = Readonly<Record<Target['shape'], ByMethod>>;

/** By the shape of the target, by the method: their rows, the most demanding first. */
const CANDIDATES: Candidates = index();
/** Those that ask for nothing of the query: most requests have none. */
const WITHOUT_QUERY: Candidates = {
  service: withoutQuery(CANDIDATES.service),
  bucket: withoutQuery(CANDIDATES.bucket),
  object: withoutQuery(CANDIDATES.object),
};

/**
 * The operation of a request. A sub-resource in the query wins over the bare method. A query that may name one which is
 * not in the table is refused: without it, `PUT /bucket/key?unknown` would be a PutObject.
 *
 * @throws S3Error MethodNotAllowed, NotImplemented; InvalidArgument for a parameter of it that lacks its value
 */
export function classify(method: string, target: Target, headers: WireHeaders): Operation {
  const { size } = target.query;
  const candidates = (size === 0 ? WITHOUT_QUERY : CANDIDATES)[target.shape].get(method);
  if (!candidates) {
    throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.');
  }
  const query = size === 0 ? target.query : spelled(target.query);
  const operation = meant(candidates, query, headers);
  if (!operation && isFetchJob(target)) throw refusedJob();
  if (!operation)
    throw (
      lacking(method, query) ??
      unknown(`this ${method} on ${target.shape === 'object' ? 'an' : 'a'} ${target.shape}`)
    );
  if (size === 0) return operation;
  for (const parameter of query.parameters) {
    const fate = fateOf(parameter, operation, OWN_NAMES);
    if (fate === 'refused') throw lacking(method, query) ?? refusedParameter(parameter.name, operation);
    if (fate === 'sent') requireValue(parameter);
  }
  return operation;
}

/** The names that are in OBS's rows alone, as those have them: see `asSpelled`. */
function spelled(query: Query): Query {
  if (query.names.every((name) => asSpelled(name) === name)) return query;
  return new Query(query.parameters.map((one) => ({ ...one, name: asSpelled(one.name) })));
}

/** Of OBS: `POST` to what looks like an object of a bucket. */
function isFetchJob(target: Target): boolean {
  return target.shape === 'object' && target.objectKey.startsWith('v1/async-fetch/');
}

function refusedJob(): S3Error {
  return new S3Error(
    'NotImplemented',
    'A fetch job is refused: the store would write objects by itself, without an SSE-C key. Read them and write them here.',
  );
}

/** For an operation of OBS without one of its parameters. */
function lacking(method: string, query: Query): S3Error | undefined {
  const lacks = lackedBy(method, (name) => query.has(name));
  if (lacks === undefined) return undefined;
  return new S3Error('InvalidArgument', `${lacks.operation} needs the parameter ${lacks.parameter}.`, {
    fields: { ArgumentName: lacks.parameter },
  });
}

function refusedParameter(name: string, operation: Operation): S3Error {
  const reason = reasonAgainst(name);
  if (reason === undefined) return unknown(`the query parameter "${name}" with ${operation.name}`);
  return new S3Error('NotImplemented', `The query parameter "${name}" is refused: ${reason}.`);
}

/**
 * The target as stores hear of it: what S3 takes no notice of in a query was signed by the client, and stays here. A store
 * that knows the name would act upon it. What only OBS has goes on as its own table spells it.
 */
export function withoutIgnored(target: Target, { method, names }: Operation): Target {
  const query = spelled(target.query);
  const goes = (name: string): boolean => method !== 'OPTIONS' && names.has(name);
  if (query.names.every(goes)) return query === target.query ? target : { ...target, query };
  return { ...target, query: query.without((name) => !goes(name)) };
}

function meant(candidates: readonly Candidate[], query: Query, headers: WireHeaders): Operation | undefined {
  for (const candidate of candidates) if (matches(candidate, query, headers)) return candidate.operation;
  return undefined;
}

function matches(candidate: Candidate, query: Query, headers: WireHeaders): boolean {
  for (const { name, value } of candidate.query) if (!isMet(value, query.get(name))) return false;
  for (const { name, value } of candidate.headers)
    if (
      value === undefined
        ? !headers.has(name)
        : headers.joined(name)?.toLowerCase().startsWith(value) !== true
    )
      return false;
  return true;
}

/** @param given the value of the parameter; undefined where it is not there */
function isMet(wanted: string | undefined, given: string | undefined): boolean {
  if (wanted === undefined) return given !== undefined;
  return wanted === ANY ? given !== undefined && given !== '' : given === wanted;
}

/** Stands for any value but an empty one. */
const ANY = '*';

function unknown(what: string): S3Error {
  return new S3Error(
    'NotImplemented',
    `This proxy does not know ${what}, and does not forward what it does not know.`,
  );
}

function index(): Candidates {
  const rows = OPERATIONS.map((operation) => ({
    operation,
    query: operation.query.map(conditionOf),
    headers: operation.headers.map(conditionOf),
  }));
  const demand = ({ query, headers }: Candidate): number => query.length * 10 + headers.length;
  rows.sort((a, b) => demand(b) - demand(a));
  // A preflight is one whatever its target is.
  const of = (shape: Target['shape']): ByMethod =>
    Map.groupBy(
      rows.filter(({ operation }) => operation.method === 'OPTIONS' || operation.shape === shape),
      ({ operation }) => operation.method,
    );
  return { service: of('service'), bucket: of('bucket'), object: of('object') };
}

function withoutQuery(rows: ByMethod): ByMethod {
  return new Map([...rows].map(([method, some]) => [method, some.filter(({ query }) => query.length === 0)]));
}

function conditionOf(text: string): Condition {
  const [name = '', value] = text.split('=');
  return { name, value };
}
