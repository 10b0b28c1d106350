import type { Facts, LimitFacts, UpstreamFacts } from './facts.ts';
import { ago, plural } from './words.ts';

interface Said {
  readonly at: number;
  readonly sentence: string;
  readonly fix: string;
}

/** A limit that was reached so long ago is over. */
const RECENT_MS = 5 * 60_000;

/** The limits that are reached, of clients and of stores, the latest first. */
export function limitsSaid({ limits, upstreams }: Pick<Facts, 'limits' | 'upstreams'>, now: number) {
  const all = [
    ...limits.map((limit) => ofClients(limit)),
    ...upstreams.map((store) => ofStore(store, now) ?? waitingFor(store, now)),
  ];
  return all
    .filter((said) => said !== undefined)
    .filter(({ at }) => now - at < RECENT_MS)
    .toSorted((one, other) => other.at - one.at)
    .map(({ sentence, fix }) => ({ state: 'warn' as const, sentence, fix }));
}

function ofClients({ name, most, hits, lastHit = 0 }: LimitFacts): Said {
  const option =
    name === 'refusals' ? 'limits.connections, of which these are an eighth at most,' : `limits.${name}`;
  return {
    at: lastHit,
    sentence: `The limit limits.${name} (${most}) is reached, and clients are refused (${plural(hits, 'time')} since the start).`,
    fix: `Raise ${option} if this load is right, or slow the client down that brings it.`,
  };
}

function ofStore({ name, limited, most, mostWaiting }: UpstreamFacts, now: number): Said | undefined {
  if (!limited || now - limited.last >= RECENT_MS) return undefined;
  const { times, last, cause } = limited;
  return {
    at: last,
    sentence: `The limits of the store ${name} (${plural(most, 'connection')}, ${mostWaiting} waiting) are reached, and clients are refused (${plural(times, 'time')} since the start, the last ${ago(last, now)} ago: ${cause}).`,
    fix: `The store is slow, or ${name}.limits (connections, queue, wait) are too low for this load.`,
  };
}

function waitingFor(
  { name, waiting, most, mostWaiting, outage }: UpstreamFacts,
  now: number,
): Said | undefined {
  if (outage || waiting === 0 || waiting < mostWaiting / 2) return undefined;
  return {
    at: now,
    sentence: `All ${most} connections to the store ${name} are in use, and ${plural(waiting, 'request')} wait for one.`,
    fix: `The store is slow, or ${name}.limits.connections is too low for this load.`,
  };
}
