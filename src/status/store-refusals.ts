import type { RefusalFacts, UpstreamFacts } from './facts.ts';
import { isOfPair, lastServedOf } from './refusals.ts';
import { ago, plural } from './words.ts';

interface Said {
  readonly of: string;
  readonly state: 'broken' | 'warn';
  readonly sentence: string;
  readonly fix: string;
}

const HOUR_MS = 3_600_000;
/** So long a refusal counts when others were served since. */
const RECENT_MS = 10 * 60_000;
/** From so many on it is not a coincidence. */
const MANY = 3;
/** So many buckets are named. */
const MOST_NAMED = 3;

/** The store does not take a pair of credentials, or its clock is another. */
export function credentialsSaid(
  { name, refusals: { refused } }: UpstreamFacts,
  now: number,
): readonly Said[] {
  return refused.flatMap(({ kind, client, cause, times, at }): readonly Said[] => {
    if (!isOfPair(kind)) return [];
    // A client may have gone for good; without the pair of the store nothing works.
    if (client !== undefined && now - at > HOUR_MS) return [];
    const whose = client === undefined ? 'of the proxy' : `that client ${client} has of its own`;
    return [
      {
        of: name,
        state: client === undefined ? 'broken' : 'warn',
        sentence: `The store ${name} refuses the credentials ${whose} with ${codeIn(cause)} (${plural(times, 'time')}, the last ${ago(at, now)} ago).`,
        fix: fixIn(cause),
      },
    ];
  });
}

/** The answers to HEAD may mean that. */
export function doubtSaid(
  { name, refusals: { denials, refused } }: UpstreamFacts,
  now: number,
): readonly Said[] {
  const known = refused.some(({ kind, client }) => isOfPair(kind) && client === undefined);
  if (known || denials.times < MANY || now - denials.last > HOUR_MS) return [];
  return [
    {
      of: name,
      state: 'warn',
      sentence: `The store ${name} answers HEAD with 403 (${plural(denials.times, 'time')} since it served anything, the last ${ago(denials.last, now)} ago). It may deny the objects, or refuse the credentials of the proxy: an answer to HEAD does not say which.`,
      fix: 'Try the credentials with "ssec-proxy doctor", or get one of the objects: the log then has what the store says.',
    },
  ];
}

/** The store sends the proxy away, or does not understand it. */
export function awaySaid({ name, refusals }: UpstreamFacts, now: number): readonly Said[] {
  const lastServed = lastServedOf(refusals) ?? 0;
  const current = refusals.refused.filter(({ at }) => now - at < (lastServed > at ? RECENT_MS : HOUR_MS));
  return (['address', 'region', 'protocol'] as const).flatMap((kind): readonly Said[] => {
    const all = current.filter((one) => one.kind === kind);
    const latest = all.toSorted((one, other) => other.at - one.at)[0];
    const times = all.reduce((sum, one) => sum + one.times, 0);
    // A single request may be what the store does not understand.
    if (!latest || (kind === 'protocol' && times < MANY)) return [];
    const others = lastServed > Math.min(...all.map(({ since }) => since));
    return [
      {
        of: name,
        state: times < MANY || others || kind === 'protocol' ? 'warn' : 'broken',
        sentence: `The store ${name} does not serve ${bucketsOf(all)} (${plural(times, 'time')}, the last ${ago(latest.at, now)} ago): ${saidIn(latest.cause)}.`,
        fix: fixIn(latest.cause),
      },
    ];
  });
}

/** What is said of the credentials where nothing is found. */
export function credentialsWell({ refusals }: UpstreamFacts, now: number): string {
  const { served, denials } = refusals;
  const last = served.find(({ pair }) => pair === '')?.at;
  const since =
    denials.times === 0
      ? ''
      : ` It has answered HEAD with 403 ${plural(denials.times, 'time')} since, which may be about them or about the objects.`;
  if (last === undefined)
    return denials.times === 0
      ? 'Nothing was served with them yet.'
      : `Nothing was served with them yet.${since}`;
  return denials.times === 0 ? 'The store takes them.' : `The store took them ${ago(last, now)} ago.${since}`;
}

function bucketsOf(all: readonly RefusalFacts[]): string {
  const names = all.flatMap(({ bucket }) => bucket ?? []);
  if (names.length === 0) return 'its requests';
  const more = names.length - MOST_NAMED;
  const rest = more > 0 ? ` and ${plural(more, 'other')}` : '';
  return `${names.length === 1 ? 'bucket' : 'buckets'} ${names.slice(0, MOST_NAMED).join(', ')}${rest}`;
}

function codeIn(cause: string): string {
  return /^the store answered the proxy with (\w+)/.exec(cause)?.[1] ?? saidIn(cause);
}

function saidIn(cause: string): string {
  return cause.split('; ', 1)[0] ?? cause;
}

/** What fixes it stands behind what the store said. */
function fixIn(cause: string): string {
  const at = cause.indexOf('; ');
  if (at < 0) return 'Look at what stands at the endpoint of the store: it may not be a store.';
  const fix = cause.slice(at + 2);
  const reload = fix.includes('clock') ? '' : ', then reload (SIGHUP)';
  return `${fix.charAt(0).toUpperCase()}${fix.slice(1)}${reload}.`;
}
