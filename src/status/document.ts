import type { Around } from './around.ts';
import { certificatesIn } from './certificates.ts';
import type { Facts, Failure, UpstreamFacts } from './facts.ts';
import type { Finding } from './findings.ts';
import { COLUMNS, MINUTES, sumOf, timeBelow, valueIn } from './minutes.ts';
import { type PartState, STATES } from './parts.ts';
import { isDown } from './store-down.ts';
import { whatToDo } from './what-to-do.ts';
import { plural } from './words.ts';

/** A change that breaks a reader counts it up; fields are added without. */
const VERSION = 1;

export interface Judged {
  readonly facts: Facts;
  readonly around: Around;
  readonly findings: readonly Finding[];
  readonly parts: readonly PartState[];
}

type State = PartState['state'];

export type StatusDocument = ReturnType<typeof documentOf>;

/**
 * `/status`: all that the page shows, as data. It holds names of buckets, object keys, clients and SSE-C keys, as the log
 * does; no key, no secret, and no fingerprint. Times are texts as in the log.
 */
export function documentOf({ facts, around, findings, parts }: Judged) {
  const { now, reason, workers } = around;
  const worst = Math.max(0, ...parts.map((part) => STATES.indexOf(part.state)));
  const state: State = reason === undefined ? (STATES[worst] ?? 'ok') : 'failed';
  return {
    version: VERSION,
    at: time(now),
    state,
    sentence: headline(facts, around, findings),
    fix: reason === undefined ? findings[0]?.fix : undefined,
    findings,
    parts,
    proxy: { startedAt: time(facts.startedAt), node: process.version, workers },
    config: {
      loadedAt: time(around.loadedAt),
      reloads: around.reloads.map((reload) => ({ ...reload, at: time(reload.at) })).toReversed(),
    },
    stores: facts.upstreams.map(storeOf),
    rules: facts.rules,
    keys: keysOf(facts, around),
    keyStores: around.keyStores.map(({ lastSuccess, ...one }) => ({
      ...one,
      lastSuccess: lastSuccess && time(lastSuccess),
    })),
    clients: facts.clients.map(({ lastRequest, refusedSince, lastRefused, ...one }) => ({
      ...one,
      refusedSince: refusedSince && time(refusedSince),
      lastRequest: lastRequest && time(lastRequest),
      lastRefused: lastRefused && time(lastRefused),
    })),
    certificates: certificatesIn(facts, around).map(({ from, to, ...one }) => ({
      ...one,
      from: from && time(from),
      to: time(to),
    })),
    limits: facts.limits.map(({ lastHit, ...one }) => ({ ...one, lastHit: lastHit && time(lastHit) })),
    distrusted: facts.distrusted,
    failures: [...facts.failures, ...facts.refusals]
      .toSorted((one, other) => other.at - one.at)
      .map(failureOf),
    history: historyOf(facts),
  };
}

/** Those that rules wait for are there too, and why they are not available. */
function keysOf({ keys }: Facts, { waits }: Around) {
  const unavailable = new Map(waits.map(({ id, cause }) => [id, cause]));
  const absent = waits.filter(({ id }) => !keys.some((key) => key.id === id));
  return [
    ...keys.map(({ id, source, since, uses, lastUse }) => ({
      id,
      source,
      since: time(since),
      uses,
      lastUse: lastUse && time(lastUse),
      unavailable: unavailable.get(id),
    })),
    ...absent.map(({ id, cause }) => ({
      id,
      source: undefined,
      since: undefined,
      uses: 0,
      lastUse: undefined,
      unavailable: cause,
    })),
  ];
}

function headline(facts: Facts, { now, reason }: Around, findings: readonly Finding[]): string {
  if (reason !== undefined) return `No requests are wanted: the proxy is ${reason}.`;
  const [first, ...more] = findings;
  if (first)
    return more.length === 0
      ? first.sentence
      : `${first.sentence} ${plural(more.length, 'more finding')} below.`;
  const { requests, refused, failed, cut } = sumOf(facts.minutes, 60, now);
  const bad = failed + cut === 0 ? 'none failed' : `${failed + cut} failed`;
  return `All is well: ${plural(requests, 'request')} in the last hour, ${bad}, ${refused === 0 ? 'none was' : `${refused} were`} refused.`;
}

function storeOf(one: UpstreamFacts) {
  const { lastAnswer, lastFailure, refusals, limited, kind, cause, inARow, certificateEnds, ...rest } = one;
  const credentials = refusals.refused.find(
    ({ kind: of, client }) => of === 'credentials' && client === undefined,
  );
  return {
    ...rest,
    state: isDown(one) ? 'down' : lastAnswer === undefined ? 'unknown' : 'up',
    lastAnswer: lastAnswer && time(lastAnswer),
    lastFailure: lastFailure && time(lastFailure),
    failuresInARow: inARow,
    kindOfFailure: kind,
    cause,
    credentialsRefused: credentials && {
      at: time(credentials.at),
      cause: credentials.cause,
      times: credentials.times,
    },
    certificateEnds: certificateEnds && time(certificateEnds),
    limited: limited && { ...limited, last: time(limited.last) },
    refusals: refusals.refused.map(({ at, since, ...refusal }) => ({
      ...refusal,
      at: time(at),
      since: time(since),
    })),
  };
}

function failureOf(failure: Failure) {
  return { ...failure, at: time(failure.at), whatToDo: whatToDo(failure) };
}

/** Columns rather than rows: a chart takes them as they are. */
function historyOf({ minutes: { last, rows } }: Facts) {
  const columns = COLUMNS.map((name) => [name, rows.map((row) => rounded(valueIn(row, name)))] as const);
  return {
    minutes: MINUTES,
    /** Seconds since the epoch, of the beginning of each minute. */
    at: rows.map((_, index) => (last - rows.length + 1 + index) * 60),
    ...(Object.fromEntries(columns) as Record<(typeof COLUMNS)[number], number[]>),
    msOfHalf: rows.map((row) => timeBelow(row, 0.5)),
    msOf95: rows.map((row) => timeBelow(row, 0.95)),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
