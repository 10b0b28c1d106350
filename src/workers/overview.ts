import type { Admin } from '../admin/admin.ts';
import type { Figures } from '../admin/figures.ts';
import { GatheredMetrics } from '../admin/gathered-metrics.ts';
import type { Health, Troubles } from '../admin/health-routes.ts';
import type { Build } from '../admin/process-metrics.ts';
import type { Status } from '../admin/status-routes.ts';
import { type MasterMetrics, makeMasterMetrics } from '../admin/worker-metrics.ts';
import type { AuditLog } from '../audit-log.ts';
import type { StoreHealth } from '../keys/stores/health.ts';
import type { LogHealth } from '../log-health.ts';
import { certificateEnds } from '../snapshot/certificates.ts';
import { configHash } from '../snapshot/config-hash.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { Reloads } from '../status/around.ts';
import { aroundOf, requiredBy } from '../status/around-of.ts';
import type { Facts } from '../status/facts.ts';
import { logFacts } from '../status/logs.ts';
import { Teller } from '../status/teller.ts';
import type { Place } from './place.ts';

interface Seen {
  readonly places: readonly Place[];
  readonly keyStores: Pick<StoreHealth, 'all' | 'trouble'>;
  readonly logHealth: LogHealth;
  /** Of this process. */
  readonly audit?: AuditLog | undefined;
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
    const { places, logHealth, audit, build } = seen;
    const crew = {
      wanted,
      serving: () => places.filter(isThere).length,
      ends: () => places.reduce((sum, place) => sum + place.ends, 0),
    };
    this.metricsOfMaster = makeMasterMetrics(crew, {
      logHealth,
      auditHealth: audit?.health,
      build,
      admin: () => this.admin?.figures,
    });
    this.#teller = new Teller({
      facts: () => this.#facts(),
      around: () =>
        aroundOf({
          snapshot: this.#snapshot,
          now: Date.now(),
          reason: this.reason,
          reloads: this.#reloads,
          keyStores: seen.keyStores,
          logs: logFacts({ log: logHealth, audit }),
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

  async troubles(): Promise<Troubles> {
    return await this.#teller.troubles(await this.#troubles());
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
    const { places, keyStores, logHealth, audit } = this.#seen;
    if (!places.some(({ serving }) => serving)) return { notReady: `no worker serves: ${this.#missing()}` };
    const told = await this.#ask('health');
    const notReady = told.find((one) => one.notReady !== undefined)?.notReady;
    if (notReady !== undefined) return { notReady };
    const missing = this.#missing();
    const troubles = [
      missing === '' ? undefined : `not all workers serve: ${missing}`,
      keyStores.trouble(),
      logHealth.trouble(),
      audit?.health.trouble(),
      ...told.map(({ degraded }) => degraded),
    ];
    return { degraded: [...new Set(troubles)].filter((one) => one !== undefined).join('; ') || undefined };
  }

  async metrics(): Promise<string> {
    const { places } = this.#seen;
    await Promise.all(
      places.map(async (place) => {
        const { channel } = place;
        const answer = await place.ask((worker, most) => worker.ask('figures', {}, most));
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
    return (await this.#ask('facts')).flatMap(({ facts }) => facts ?? []);
  }

  /** The workers that do not serve, and why. */
  #missing(): string {
    return this.#seen.places
      .filter((place) => !isThere(place))
      .map(({ number, serving, cause }) => `worker ${number}: ${serving ? 'it does not answer' : cause}`)
      .join('; ');
  }

  /** What those say that answer. The others are silent from now on. */
  async #ask<K extends 'health' | 'facts'>(call: K): Promise<readonly Answers[K][]> {
    const serving = this.#seen.places.filter((place) => place.serving);
    const answers = await Promise.all(
      serving.map((place) => place.ask((worker, most) => worker.ask(call, {} as never, most))),
    );
    return answers.flatMap((answer) => (answer === undefined ? [] : [answer as Answers[K]]));
  }
}

interface Answers {
  readonly health: Troubles;
  readonly facts: { readonly facts?: Facts | undefined };
}

/** Does its worker serve, and answer when it is asked? */
function isThere({ serving, silent }: Place): boolean {
  return serving && !silent;
}
