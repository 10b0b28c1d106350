import type { Writer } from '../io.ts';
import type { StoreClients } from '../store-client/clients.ts';
import { listAll, type Place } from '../store-client/list.ts';
import { duration, number, plural } from './figures.ts';
import type { Gathered } from './result.ts';

interface Progress {
  readonly done: number;
  readonly faults: number;
  /** The number of versions in the list; `counting` while that is still unknown. */
  readonly total: { readonly kind: 'counting' | 'known'; readonly lines: number };
  /** In milliseconds, since the start. */
  readonly elapsed: number;
}

const BAR = 24;

/** One line with a bar, the rate, and the time left once the total is known. */
export function progressLine({ done, faults, total, elapsed }: Progress): string {
  const rate = elapsed === 0 ? 0 : (done / elapsed) * 1000;
  const speed = `${number(rate)}/s`;
  const found = faults === 0 ? '' : `, ${plural(faults, 'fault')}`;
  if (total.kind === 'counting') {
    return `${number(done)} of ${number(Math.max(total.lines, done))} and more, ${speed}${found}`;
  }
  const share = total.lines === 0 ? 1 : Math.min(done / total.lines, 1);
  const filled = Math.round(share * BAR);
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}]`;
  const left = rate === 0 ? '' : `, ${duration((Math.max(total.lines - done, 0) / rate) * 1000)} left`;
  return `${bar} ${Math.floor(share * 100)} %, ${number(done)} of ${number(total.lines)}, ${speed}${left}${found}`;
}

interface Following {
  readonly places: readonly Place[];
  readonly clients: StoreClients;
  readonly oneIn: number;
  readonly clock: () => Date;
  readonly stderr: Writer;
  readonly gathered: Gathered;
}

const EVERY_MS = 250;

/** Keeps a line on a terminal up to date until the end; without a terminal it does nothing and lists nothing. */
export function followProgress({ places, clients, oneIn, clock, stderr, gathered }: Following): {
  end(): void;
} {
  if (stderr.isTTY !== true) return { end: () => {} };
  const began = clock().getTime();
  const total: { kind: 'counting' | 'known'; lines: number } = { kind: 'counting', lines: 0 };
  let ended = false;
  void countLines(places, clients, () => {
    total.lines += 1 / oneIn;
    return !ended;
  }).then(
    () => (total.kind = 'known'),
    // The run itself lists the same and reports what is wrong.
    () => {},
  );
  const timer = setInterval(() => {
    const { all, deleteMarkers, gone, faultCount: faults } = gathered.tally;
    const done = all.versions + deleteMarkers.versions + gone.versions;
    const line = progressLine({ done, faults, total, elapsed: clock().getTime() - began });
    stderr.write(`\r${line.slice(0, (stderr.columns ?? 80) - 1)}\x1b[K`);
  }, EVERY_MS);
  return {
    end: () => {
      ended = true;
      clearInterval(timer);
      stderr.write('\r\x1b[K');
    },
  };
}

/** A separate list, which is a thousand times faster than checking the versions in it. */
async function countLines(
  places: readonly Place[],
  clients: StoreClients,
  goOn: () => boolean,
): Promise<void> {
  for (const place of places) {
    const { entries } = await listAll(clients.of(place.bucket), place);
    for await (const _ of entries) if (!goOn()) return;
  }
}
