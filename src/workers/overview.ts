import type { Admin } from '../admin/admin.ts';
import type { Figures } from '../admin/figures.ts';
import { GatheredMetrics } from '../admin/gathered-metrics.ts';
import type { Health } from '../admin/health-routes.ts';
import type { Build } from '../admin/process-metrics.ts';
import { type MasterMetrics, makeMasterMetrics } from '../admin/worker-metrics.ts';
import type { StoreHealth } from '../keys/stores/health.ts';
import type { LogHealth } from '../log-destination.ts';
import type { ProcessHealth } from '../proxy/serve.ts';
import { configHash } from '../snapshot/config-hash.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Place } from './place.ts';

interface Seen {
  readonly places: readonly Place[];
  readonly keyStores: Pick<StoreHealth, 'trouble'>;
  readonly logHealth: LogHealth;
  readonly build?: Build | undefined;
}

/** All workers as one: what the admin address tells of them. */
export class Overview implements Health {
  readonly metricsOfMaster: MasterMetrics;
  /** Why none of them should get requests, whatever they say themselves. */
  reason: string | undefined = 'starting';
  /** Where this is told. */
  admin: Pick<Admin, 'figures' | 'use'> | undefined;
  readonly #seen: Seen;
  readonly #gathered = new GatheredMetrics();

  constructor(seen: Seen, wanted: number) {
    this.#seen = seen;
    const { places, logHealth, build } = seen;
    const crew = {
      wanted,
      serving: () => places.filter(({ serving }) => serving).length,
      ends: () => places.reduce((sum, place) => sum + place.ends, 0),
    };
    this.metricsOfMaster = makeMasterMetrics(crew, { logHealth, build, admin: () => this.admin?.figures });
  }

  /** A config is in use from now on. */
  use(snapshot: Snapshot): void {
    this.admin?.use(snapshot.limits.admin, snapshot.admin);
    this.metricsOfMaster.config(configHash(snapshot), new Date());
  }

  /** A worker has ended. @param last what it told last */
  retire(last: Figures): void {
    this.#gathered.retire(last);
  }

  async notReady(): Promise<string | undefined> {
    if (this.reason !== undefined) return this.reason;
    const { places } = this.#seen;
    if (!places.some(({ serving }) => serving)) return `no worker serves: ${this.#missing()}`;
    return (await this.#ask()).find(({ notReady }) => notReady !== undefined)?.notReady;
  }

  async degraded(): Promise<string | undefined> {
    const { keyStores, logHealth } = this.#seen;
    const missing = this.#missing();
    const troubles = [
      missing === '' ? undefined : `not all workers serve: ${missing}`,
      keyStores.trouble(),
      logHealth.trouble(),
      ...(await this.#ask()).map(({ degraded }) => degraded),
    ];
    return [...new Set(troubles)].filter((trouble) => trouble !== undefined).join('; ') || undefined;
  }

  async metrics(): Promise<string> {
    const { places } = this.#seen;
    await Promise.all(
      places.map(async (place) => {
        const { channel } = place;
        const answer = await channel?.ask('figures', {});
        // One that is late shows what it told last; of one that has ended this was counted already.
        if (answer && place.channel === channel) place.figures = answer.figures;
      }),
    );
    const own = await this.metricsOfMaster.figures();
    return this.#gathered.text(
      own,
      places.map(({ figures }) => figures),
    );
  }

  /** The workers that do not serve, and why. */
  #missing(): string {
    return this.#seen.places
      .filter(({ serving }) => !serving)
      .map(({ number, cause }) => `worker ${number}: ${cause}`)
      .join('; ');
  }

  async #ask(): Promise<readonly ProcessHealth[]> {
    const serving = this.#seen.places.filter((place) => place.serving);
    return await Promise.all(
      serving.map(
        async ({ channel, number }) =>
          (await channel?.ask('health', {})) ?? { degraded: `worker ${number} does not answer` },
      ),
    );
  }
}
