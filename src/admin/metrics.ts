import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { StoreStatus } from '../keys/stores/health.ts';
import type { LogHealth } from '../log-destination.ts';
import type { RequestFields } from '../log-line.ts';
import { countedStatus } from '../outcome.ts';
import type { AdminFigures } from './admin.ts';
import { addAdminMetrics } from './admin-metrics.ts';
import { addDocumentMetrics, type DocumentsHeld } from './document-metrics.ts';
import { addLimitMetrics, type Burden } from './limit-metrics.ts';
import { addLogMetrics } from './log-metrics.ts';
import { addMemoryMetrics, type Memories } from './memory-metrics.ts';
import { addNameMetrics, type NamesSeen } from './name-metrics.ts';
import { makeReloadMetrics, type ReloadMetrics } from './reload-metrics.ts';
import { addStoreMetrics } from './store-metrics.ts';
import { Tally } from './tally.ts';
import { addUpstreamMetrics, type UpstreamEvents, type UpstreamFigures } from './upstream-metrics.ts';

/** What is counted, for Prometheus. No label has a value that a client chooses. */
export interface Metrics extends ReloadMetrics {
  /** A request at its end. */
  request(record: Readonly<RequestFields>): void;
  /** An SSE-C key that was sent to the store, and the outcome. */
  keyUse(key: string, outcome: KeyOutcome): void;
  /** An unencrypted object that was read under a rule that encrypts. */
  plainRead(): void;
  /** An injected write whose response did not prove the encryption. */
  unproven(): void;
  /** The same operation was not proven for the third time in a row in a bucket, or more. */
  distrustAlarm(): void;
  readonly upstreams: UpstreamEvents;
  /** Prometheus' text format. */
  text(): Promise<string>;
  /** The same as data, for a process that gathers them. */
  figures(): Promise<Figures>;
}

/** As prom-client has them: one entry for each metric. */
export type Figures = readonly Figure[];
export type Figure = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];

/** `encrypted` by a write; all others are of reads. */
type KeyOutcome = 'opened' | 'encrypted' | 'wrong-key' | 'unclear' | 'plain' | 'other';

interface Told {
  readonly distrusted: () => number;
  readonly keyStores?: () => readonly StoreStatus[];
  readonly upstreams?: () => readonly UpstreamFigures[];
  readonly logHealth?: LogHealth | undefined;
  /** Of the clients. */
  readonly clients?: Burden;
  /** Documents that are read whole. */
  readonly documents?: () => DocumentsHeld;
  /** Of the names of this process. */
  readonly names?: () => NamesSeen;
  /** What this process remembers. */
  readonly memory?: () => Memories;
  /** Of its admin address, if it has one. */
  readonly admin?: () => AdminFigures | undefined;
}

export function makeMetrics(
  {
    distrusted,
    keyStores = () => [],
    upstreams = () => [],
    logHealth,
    clients,
    documents,
    names,
    memory,
    admin,
  }: Told,
  registry: Registry = new Registry(),
): Metrics {
  const registers = [registry];
  const requests = new Tally({
    name: 'ssec_proxy_requests_total',
    help: 'Requests by operation and status.',
    labelNames: ['op', 'status'],
    registers,
  });
  const keyUses = new Tally({
    name: 'ssec_proxy_key_use_total',
    help: 'SSE-C keys sent to the store, by key id and outcome.',
    labelNames: ['key', 'outcome'],
    registers,
  });
  const plainReads = new Counter({
    name: 'ssec_proxy_plain_reads_total',
    help: 'Unencrypted objects read under a rule that encrypts.',
    registers,
  });
  const duration = new Histogram({
    name: 'ssec_proxy_request_seconds',
    help: 'Time from the headers of a request to the end of its response.',
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600],
    registers,
  }).labels();
  const unproven = new Counter({
    name: 'ssec_proxy_unproven_writes_total',
    help: 'Encrypted writes whose response did not prove the encryption.',
    registers,
  });
  const alarms = new Counter({
    name: 'ssec_proxy_distrust_alarms_total',
    help: 'Encrypted writes that were not proven for the third time in a row, or more, by bucket and operation.',
    registers,
  });
  const buckets = new Gauge({
    name: 'ssec_proxy_distrusted_buckets',
    help: 'Buckets that refuse encrypted writes now: all until a probe passes, or those of an operation that failed.',
    // Of several processes, each knows of all.
    aggregator: 'max',
    registers,
  });
  addStoreMetrics(registry, keyStores);
  const upstreamEvents = addUpstreamMetrics(registry, upstreams);
  addLogMetrics(registry, logHealth);
  addLimitMetrics(registry, clients);
  addDocumentMetrics(registry, () => documents?.());
  addNameMetrics(registry, () => names?.());
  addMemoryMetrics(registry, () => memory?.());
  addAdminMetrics(registry, () => admin?.());
  return {
    ...makeReloadMetrics(registry),
    request: ({ op = 'unknown', status = 0, outcome = 'failed', ms = 0 }) => {
      requests.add(op, countedStatus(status, outcome));
      duration.observe(ms / 1000);
    },
    keyUse: (key, outcome) => keyUses.add(key, outcome),
    plainRead: () => plainReads.inc(),
    unproven: () => unproven.inc(),
    distrustAlarm: () => alarms.inc(),
    upstreams: upstreamEvents,
    text: () => {
      buckets.set(distrusted());
      return registry.metrics();
    },
    figures: () => {
      buckets.set(distrusted());
      return registry.getMetricsAsJSON();
    },
  };
}
