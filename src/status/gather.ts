import type {
  ClientFacts,
  DistrustFacts,
  Facts,
  KeyFacts,
  LimitedFacts,
  LimitFacts,
  LogFacts,
  RuleFacts,
  TlsFacts,
  UpstreamFacts,
} from './facts.ts';
import { latest } from './failures.ts';
import { addMinutes } from './minutes.ts';
import { addRefusals } from './refusals.ts';

/** What several processes have seen, as one. */
export function gather(all: readonly Facts[]): Facts {
  const each = <T>(
    list: (facts: Facts) => readonly T[],
    name: (one: T) => string,
    add: (one: T, other: T) => T,
  ) => {
    const by = new Map<string, T>();
    for (const one of all.flatMap(list)) {
      const before = by.get(name(one));
      by.set(name(one), before === undefined ? one : add(before, one));
    }
    return [...by.values()];
  };
  const named = ({ name }: { readonly name: string }): string => name;
  return {
    // Nobody answers where all hang.
    startedAt: all.length === 0 ? Date.now() : Math.min(...all.map(({ startedAt }) => startedAt)),
    minutes: addMinutes(all.map(({ minutes }) => minutes)),
    upstreams: each(({ upstreams }) => upstreams, named, addUpstreams),
    rules: each(({ rules }) => rules, named, addRules),
    keys: each(
      ({ keys }) => keys,
      ({ id }) => id,
      addKeys,
    ),
    clients: each(({ clients }) => clients, named, addClients),
    limits: each(({ limits }) => limits, named, addLimits),
    fronts: each(
      ({ fronts }) => fronts,
      ({ reason }) => reason,
      addTls,
    ),
    distrusted: each(
      ({ distrusted }) => distrusted,
      ({ bucket }) => bucket,
      addDistrust,
    ),
    tlsFailures: each(
      ({ tlsFailures }) => tlsFailures,
      ({ reason }) => reason,
      addTls,
    ),
    logs: gatherLogs(all.flatMap(({ logs }) => logs)),
    failures: latest(all.map(({ failures }) => failures)),
    refusals: latest(all.map(({ refusals }) => refusals)),
  };
}

/** The logs of several processes: each is as the worst of them. */
export function gatherLogs(all: readonly LogFacts[]): readonly LogFacts[] {
  const by = new Map<string, LogFacts>();
  for (const one of all) {
    const before = by.get(one.name);
    by.set(one.name, before === undefined ? one : addLogs(before, one));
  }
  return [...by.values()];
}

function addLogs(one: LogFacts, other: LogFacts): LogFacts {
  return {
    ...one,
    causes: [...new Set([...one.causes, ...other.causes])],
    lost: one.lost + other.lost,
    refuses: one.refuses || other.refuses,
  };
}

function addUpstreams(one: UpstreamFacts, other: UpstreamFacts): UpstreamFacts {
  const [older, newer] = newest(one) < newest(other) ? [one, other] : [other, one];
  return {
    ...newer,
    answers: one.answers + other.answers,
    failures: one.failures + other.failures,
    // A store that answers one of them answers: the last news counts.
    inARow: newer.inARow === 0 ? 0 : newer.inARow + older.inARow,
    lastAnswer: later(one.lastAnswer, other.lastAnswer),
    lastFailure: later(one.lastFailure, other.lastFailure),
    limited: addLimited(one.limited, other.limited),
    refusals: addRefusals(one.refusals, other.refusals),
    open: one.open + other.open,
    idle: one.idle + other.idle,
    waiting: one.waiting + other.waiting,
    most: one.most + other.most,
    mostWaiting: one.mostWaiting + other.mostWaiting,
    outage: one.outage && other.outage,
    certificateEnds: earlier(one.certificateEnds, other.certificateEnds),
  };
}

function addLimited(one?: LimitedFacts, other?: LimitedFacts): LimitedFacts | undefined {
  if (!one || !other) return one ?? other;
  return { ...(one.last < other.last ? other : one), times: one.times + other.times };
}

function newest({ lastAnswer = 0, lastFailure = 0 }: UpstreamFacts): number {
  return Math.max(lastAnswer, lastFailure);
}

function addRules(one: RuleFacts, other: RuleFacts): RuleFacts {
  return {
    ...one,
    hits: one.hits + other.hits,
    writtenEncrypted: one.writtenEncrypted + other.writtenEncrypted,
    writtenPlain: one.writtenPlain + other.writtenPlain,
    readFirstKey: one.readFirstKey + other.readFirstKey,
    readOlderKey: one.readOlderKey + other.readOlderKey,
    readPlain: one.readPlain + other.readPlain,
    ownKey: one.ownKey + other.ownKey,
  };
}

function addKeys(one: KeyFacts, other: KeyFacts): KeyFacts {
  return {
    ...one,
    since: Math.min(one.since, other.since),
    uses: one.uses + other.uses,
    lastUse: later(one.lastUse, other.lastUse),
  };
}

function addClients(one: ClientFacts, other: ClientFacts): ClientFacts {
  const refusedLast = (one.lastRefused ?? 0) < (other.lastRefused ?? 0) ? other : one;
  return {
    ...refusedLast,
    requests: one.requests + other.requests,
    lastRequest: later(one.lastRequest, other.lastRequest),
    refused: one.refused + other.refused,
    refusedSince: earlier(one.refusedSince, other.refusedSince),
  };
}

/** The limits of the config are shared out among the processes. */
function addLimits(one: LimitFacts, other: LimitFacts): LimitFacts {
  return {
    ...one,
    used: one.used === undefined ? undefined : one.used + (other.used ?? 0),
    most: one.used === undefined ? one.most : one.most + other.most,
    hits: one.hits + other.hits,
    lastHit: later(one.lastHit, other.lastHit),
  };
}

function addDistrust(one: DistrustFacts, other: DistrustFacts): DistrustFacts {
  return {
    ...one,
    doubted: one.doubted || other.doubted,
    operations: [...new Set([...one.operations, ...other.operations])],
  };
}

function addTls(one: TlsFacts, other: TlsFacts): TlsFacts {
  return one.last < other.last
    ? { ...other, times: one.times + other.times }
    : { ...one, times: one.times + other.times };
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
