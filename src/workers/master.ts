import { randomBytes } from 'node:crypto';
import { startAdmin } from '../admin/admin.ts';
import { debugRoutes } from '../admin/debug-routes.ts';
import { healthRoutes } from '../admin/health-routes.ts';
import type { Build } from '../admin/process-metrics.ts';
import { adminRecord } from '../admin/record.ts';
import { statusRoutes } from '../admin/status-routes.ts';
import type { AuditLog } from '../audit-log.ts';
import type { StoreHealth } from '../keys/stores/health.ts';
import type { Logger } from '../log.ts';
import { LOG_BUFFER, type LogDestination } from '../log-destination.ts';
import type { RunningProxy } from '../proxy/serve.ts';
import { dressLog } from '../snapshot/dress-log.ts';
import { startedBy, waitForRestart } from '../snapshot/restart.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { systemNames } from '../upstream/names/names.ts';
import { placeOf } from '../upstream/names/place-of.ts';
import { agree } from './agreement.ts';
import { debuggedIn } from './debugged-in.ts';
import { snapshotDigest } from './digest.ts';
import { Handover } from './handover.ts';
import { Ledger } from './ledger.ts';
import { Overview } from './overview.ts';
import { Place, type PlaceKeeper } from './place.ts';
import { turnTicketKeys } from './ticket-keys.ts';

/** After the time for the requests, the time for the log and the key stores, in milliseconds. */
const LAST_WORDS_MS = 5000;

/** What the master takes from where it runs. */
interface Surroundings {
  /** How many workers. */
  readonly count: number;
  readonly keyStores: Pick<StoreHealth, 'all' | 'trouble'>;
  /** Where its log goes. */
  readonly destination: LogDestination;
  readonly audit?: AuditLog | undefined;
  readonly build?: Build;
  /** The config, where it came from standard input, which no worker can read. */
  readonly config?: Uint8Array | undefined;
}

/** No worker got as far as to serve; they have said why. */
class NoWorker extends Error {
  override readonly name = 'NoWorker';
}

/** As a proxy that runs in one process; only that a reload takes its time, and can fail. */
export type RunningCrew = Pick<RunningProxy, 'urls' | 'adminPort' | 'keep' | 'stop'> & {
  reload(snapshot: Snapshot): Promise<readonly string[]>;
  /** Has all workers open their audit logs again. */
  reopen(): void;
};

/**
 * Serves a snapshot by several processes. This one, their master, listens and hands over connections, has the admin
 * address and everything that all of them have to know, and serves no request itself.
 * @throws NoWorker; the error of a listener that can't be opened
 */
export async function startCrew(
  snapshot: Snapshot,
  log: Logger,
  { count, keyStores, destination, audit, config, build }: Surroundings,
): Promise<RunningCrew> {
  const digestKey = randomBytes(32);
  const digestOf = (of: Snapshot): string => snapshotDigest(of, digestKey);
  // Nothing below that lives on may have the snapshot itself: it has the keys and credentials that it began with.
  const started = startedBy(snapshot);
  let current = snapshot;
  let digest = digestOf(snapshot);
  let tickets = '';
  const ledger = new Ledger();
  /** Those that were told what is known, and have to hear what comes. */
  const others = (but: Place): Place[] => places.filter((place) => place !== but && place.digest !== '');
  const keeper: PlaceKeeper = {
    log,
    free: () => handover.next(),
    ended: (last) => overview.retire(last),
    calls: (place) => ({
      begin: async () => ({
        count,
        digestKey: digestKey.toString('base64'),
        config: config && Buffer.from(config).toString('base64'),
      }),
      loaded: (loaded) => {
        if (loaded.digest !== digest) return { kind: 'refused', cause: NOT_THE_SAME };
        place.digest = digest;
        return { kind: 'open', doubts: ledger.doubts, uploads: ledger.uploads, tickets: { keys: tickets } };
      },
      distrust: (call) =>
        ledger.distrust(call, async (doubt) => {
          await Promise.all(others(place).map(async ({ channel }) => await channel?.ask('doubt', doubt)));
        }),
      upload: (seen) => {
        ledger.see(seen);
        for (const { channel } of others(place)) channel?.tell('upload', seen);
        return undefined;
      },
    }),
  };
  const places: Place[] = [];
  const handover = new Handover(places);
  const overview = new Overview(
    { places, keyStores, logHealth: destination.health, audit, build },
    count,
    snapshot,
  );
  const use = (next: Snapshot): void => {
    systemNames.use(next.limits.names);
    destination.resize(next.limits.logBuffer ?? LOG_BUFFER);
    ledger.use(next.limits.memory);
    overview.use(next);
  };
  use(snapshot);
  const admin =
    snapshot.admin &&
    (await startAdmin(
      snapshot.admin,
      [
        ...healthRoutes(overview),
        ...statusRoutes(overview),
        ...debugRoutes({ on: () => current.admin?.debug === true, of: debuggedIn(places) }),
      ],
      snapshot.limits.admin,
      (
        await placeOf(snapshot.admin, systemNames)
      ).host,
      adminRecord(log, audit),
    ));
  overview.admin = admin;
  const stopTurning = turnTicketKeys((keys) => {
    tickets = keys.toString('base64');
    for (const { channel } of places) channel?.tell('tickets', { keys: tickets });
  });
  for (let number = 1; number <= count; number += 1) places.push(new Place(number, keeper));
  const endAll = async (most: number): Promise<void> => {
    stopTurning();
    handover.close();
    // The second signal ends this process at once, and the workers with it.
    const kill = (): void => {
      for (const place of places) place.kill();
    };
    process.once('exit', kill);
    await Promise.all(places.map((place) => place.stop(most + LAST_WORDS_MS)));
    process.off('exit', kill);
    await admin?.close();
  };
  let urls: readonly string[];
  try {
    await Promise.all(places.map(({ begun }) => begun));
    if (!places.some(({ serving }) => serving))
      throw new NoWorker('all workers have ended before they could serve');
    urls = await handover.listen(snapshot.listeners, systemNames);
  } catch (error) {
    await endAll(0);
    throw error;
  }
  overview.reason = undefined;
  return {
    urls,
    adminPort: admin?.port,
    reload: async (next) => {
      const wanted = digestOf(next);
      await agree(places, wanted);
      current = next;
      digest = wanted;
      for (const place of places) {
        // One that began to serve meanwhile has what was there before.
        if (place.serving && place.digest !== digest) place.replace('it serves by an older config');
        place.hurry();
      }
      dressLog(log, next);
      use(next);
      overview.reloaded('success');
      return waitForRestart(started, next);
    },
    reopen: () => {
      for (const { channel } of places) channel?.tell('reopen', {});
    },
    keep: (cause) => overview.reloaded('failure', cause),
    stop: async () => {
      overview.reason = 'draining';
      await endAll(current.limits.drain);
    },
  };
}

const NOT_THE_SAME =
  'what it loaded is not the config that the other workers serve by; a reload (SIGHUP) makes all of them take what is there now';
