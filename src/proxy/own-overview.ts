import type { Health, Troubles } from '../admin/health-routes.ts';
import type { Metrics } from '../admin/metrics.ts';
import type { Status } from '../admin/status-routes.ts';
import type { StoreHealth } from '../keys/stores/health.ts';
import type { LogHealth } from '../log-health.ts';
import { waitsOf } from '../snapshot/edited-keys.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { Reloads } from '../status/around.ts';
import { aroundOf, requiredBy } from '../status/around-of.ts';
import type { Observer } from '../status/observer.ts';
import { Teller } from '../status/teller.ts';

interface Seen {
  /** The one in use. */
  readonly snapshot: () => Snapshot;
  readonly observer: Pick<Observer, 'facts'>;
  readonly keyStores: Pick<StoreHealth, 'all' | 'trouble'>;
  readonly logHealth: LogHealth | undefined;
  readonly auditHealth: LogHealth | undefined;
  readonly metrics: Pick<Metrics, 'text'>;
}

/** One process: what the admin address tells of it, or what it tells the one that gathers. */
export class OwnOverview implements Health, Status {
  /** Why it wants no requests; undefined while it serves. */
  reason: string | undefined = 'starting';
  readonly reloads = new Reloads(Date.now());
  readonly #seen: Seen;
  readonly #teller: Teller;

  constructor(seen: Seen) {
    this.#seen = seen;
    this.#teller = new Teller({
      facts: () => [seen.observer.facts()],
      around: () =>
        aroundOf({
          snapshot: seen.snapshot(),
          now: Date.now(),
          reason: this.reason,
          reloads: this.reloads,
          keyStores: seen.keyStores,
        }),
      required: () => requiredBy(seen.snapshot()),
    });
  }

  /** What is wrong with the process itself, in short. */
  own(): Troubles {
    const { snapshot, keyStores, logHealth, auditHealth } = this.#seen;
    const waits = waitingFor(snapshot());
    const decides = requiredBy(snapshot()).includes('keys');
    return {
      notReady: this.reason ?? (decides ? waits : undefined),
      degraded: allOf(
        decides ? undefined : waits,
        keyStores.trouble(),
        logHealth?.trouble(),
        auditHealth?.trouble(),
      ),
    };
  }

  async troubles(): Promise<Troubles> {
    return await this.#teller.troubles(this.own());
  }

  async parts(): Promise<readonly string[]> {
    return await this.#teller.parts();
  }

  async document(): Promise<object> {
    return await this.#teller.document();
  }

  async explain(asked: ReadonlyMap<string, string>): Promise<object> {
    return (await import('../explain/answer.ts')).explained(asked, this.#seen.snapshot());
  }

  async metrics(): Promise<string> {
    return await this.#seen.metrics.text();
  }
}

/** A proxy that can't serve all of its rules wants no requests, and serves those that come by the others. */
function waitingFor(snapshot: Snapshot): string | undefined {
  const waits = waitsOf(snapshot).map(({ id, cause }) => `keys.${id}: ${cause}`);
  return waits.length === 0 ? undefined : `waiting for keys: ${waits.join('; ')}`;
}

function allOf(...troubles: readonly (string | undefined)[]): string | undefined {
  return troubles.filter((trouble) => trouble !== undefined).join('; ') || undefined;
}
