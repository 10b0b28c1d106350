import type { Admin } from '../admin/admin.ts';
import type { Figures } from '../admin/figures.ts';
import { GatheredMetrics } from '../admin/gathered-metrics.ts';
import type { Health } from '../admin/health-routes.ts';
import type { Build } from '../admin/process-metrics.ts';
import type { Status } from '../admin/status-routes.ts';
import { type MasterMetrics, makeMasterMetrics } from '../admin/worker-metrics.ts';
import type { StoreHealth } from '../keys/stores/health.ts';
import type { LogHealth } from '../log-destination.ts';
import { certificateEnds } from '../snapshot/certificates.ts';
import { configHash } from '../snapshot/config-hash.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { Reloads } from '../status/around.ts';
import { aroundOf, requiredBy } from '../status/around-of.ts';
import type { Facts } from '../status/facts.ts';
import { Teller, type Troubles } from '../status/teller.ts';
import type { Place } from './place.ts';

interface Seen {
  readonly places: readonly Place[];
  readonly keyStores: Pick<StoreHealth, 'all' | 'trouble'>;
  readonly logHealth: LogHealth;
  readonly build?: Build | undefined;
}

/** All workers as one: what the admin address tells of them. */
export class Overview implements Health, Status {
  readonly metricsOfMaster: MasterMetrics;
  /** Why none of them should get requests, whatever they say themselves. */
  reason: string | undefined = 'starting';
  /** Where this is told. */
  admin: Pick<Admin, 'figures' | 'use'> | undefined;
  readonly #seen: Seen;
  readonly #gathered = new GatheredMetrics();
  readonly #reloads = new Reloads(Date.now());
  readonly #teller: Teller;
  #snapshot: Snapshot;

  constructor(seen: Seen, wanted: number, snapshot: Snapshot) {
    this.#seen = seen;
    this.#snapshot = snapshot;
    const { places, logHealth, build } = seen;
    const crew = {
      wanted,
      serving: () => places.filter(({ serving }) => serving).length,
      ends: () => places.reduce((sum, place) => sum + place.ends, 0),
    };
    this.metricsOfMaster = makeMasterMetrics(crew, { logHealth, build, admin: () => this.admin?.figures });
    this.#teller = new Teller({
      facts: () => this.#facts(),
      around: () =>
        aroundOf({
          snapshot: this.#snapshot,
          now: Date.now(),
          reason: this.reason,
          reloads: this.#reloads,
          keyStores: seen.keyStores,
          log: logHealth.trouble(),
          workers: { wanted, serving: crew.serving(), missing: this.#missing() },
        }),
      required: () => requiredBy(this.#snapshot),
    });
  }

  /** A config is in use from now on. */
  use(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.admin?.use(snapshot.limits.admin, snapshot.admin);
    this.metricsOfMaster.config(configHash(snapshot), new Date());
    // The workers have the listeners; the admin address is here.
    this.metricsOfMaster.certificates(certificateEnds({ listeners: [], admin: snapshot.admin }));
  }

  /** A worker has ended. @param last what it told last */
  retire(last: Figures): void {
    this.#gathered.retire(last);
  }

  /** A config was loaded, or could not be. @param cause the first reason why not */
  reloaded(result: 'success' | 'failure', cause?: string): void {
    this.metricsOfMaster.reload(result);
    this.#reloads.note(result, Date.now(), cause);
  }

  async notReady(): Promise<string | undefined> {
    return (await this.#teller.troubles(await this.#troubles())).notReady;
  }

  async degraded(): Promise<string | undefined> {
    return (await this.#teller.troubles(await this.#troubles())).degraded;
  }

  async parts(): Promise<readonly string[]> {
    return await this.#teller.parts();
  }

  async document(): Promise<object> {
    return await this.#teller.document();
  }

  async explain(asked: ReadonlyMap<string, string>): Promise<object> {
    return (await import('../explain/answer.ts')).explained(asked, this.#snapshot);
  }

  async #troubles(): Promise<Troubles> {
    if (this.reason !== undefined) return { notReady: this.reason };
    const { places, keyStores, logHealth } = this.#seen;
    const missing = this.#missing();
    if (!places.some(({ serving }) => serving)) return { notReady: `no worker serves: ${missing}` };
    const told = await this.#ask();
    const notReady = told.find((one) => one.notReady !== undefined)?.notReady;
    if (notReady !== undefined) return { notReady };
    const troubles = [
      missing === '' ? undefined : `not all workers serve: ${missing}`,
      keyStores.trouble(),
      logHealth.trouble(),
      ...told.map(({ degraded }) => degraded),
    ];
    return { degraded: [...new Set(troubles)].filter((one) => one !== undefined).join('; ') || undefined };
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

  /** Of the workers that answer; one that has ended took with it what it had seen. */
  async #facts(): Promise<readonly Facts[]> {
    const serving = this.#seen.places.filter((place) => place.serving);
    const answers = await Promise.all(serving.map(async ({ channel }) => await channel?.ask('facts', {})));
    return answers.flatMap((answer) => answer?.facts ?? []);
  }

  /** The workers that do not serve, and why. */
  #missing(): string {
    return this.#seen.places
      .filter(({ serving }) => !serving)
      .map(({ number, cause }) => `worker ${number}: ${cause}`)
      .join('; ');
  }

  async #ask(): Promise<readonly Troubles[]> {
    const serving = this.#seen.places.filter((place) => place.serving);
    return await Promise.all(
      serving.map(
        async ({ channel, number }) =>
          (await channel?.ask('health', {})) ?? { degraded: `worker ${number} does not answer` },
      ),
    );
  }
}
