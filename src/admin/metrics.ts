import { Counter, Registry } from 'prom-client';
import type { StoreStatus } from '../keys/stores/health.ts';
import type { LogHealth } from '../log-health.ts';
import type { RequestFields } from '../log-line.ts';
import type { AdminFigures } from './admin.ts';
import { addAdminMetrics } from './admin-metrics.ts';
import { addCertificateMetrics, type CertificateEnd } from './certificate-metrics.ts';
import { addDistrustMetrics } from './distrust-metrics.ts';
import { addDocumentMetrics, type DocumentsHeld } from './document-metrics.ts';
import type { Figures } from './figures.ts';
import { addKeyMetrics, type KeyOutcome, type KeysKnown } from './key-metrics.ts';
import { addLimitMetrics, type Burden } from './limit-metrics.ts';
import { addAuditMetrics, addLogMetrics } from './log-metrics.ts';
import { addMemoryMetrics, type Memories } from './memory-metrics.ts';
import { addNameMetrics, type NamesSeen } from './name-metrics.ts';
import { addBuildInfo, addProcessMetrics, type Build } from './process-metrics.ts';
import { makeReloadMetrics, type ReloadMetrics } from './reload-metrics.ts';
import { addRequestMetrics } from './request-metrics.ts';
import { addSpanMetrics, type SpansSeen } from './span-metrics.ts';
import { addStoreMetrics } from './store-metrics.ts';
import { addUpstreamMetrics, type UpstreamEvents, type UpstreamFigures } from './upstream-metrics.ts';
import { addUsageMetrics, type Named, type UsageLabel } from './usage-metrics.ts';

/** What is counted, for Prometheus. No client can make new series: every label has a bound. */
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

interface Told {
  /** The buckets that refuse encrypted writes now. */
  readonly distrusted: () => readonly string[];
  /** When certificates end, by whose they are. */
  readonly certificates?: () => Iterable<CertificateEnd>;
  /** What the config in use names: an access key id, and a bucket in a rule of its own. */
  readonly named?: Named;
  /** By what else requests are counted. */
  readonly labels?: readonly UsageLabel[] | undefined;
  readonly keys?: () => KeysKnown | undefined;
  readonly build?: Build | undefined;
  /** Is the process to be shown too? Not where several proxies share one. */
  readonly showsProcess?: boolean;
  readonly keyStores?: () => readonly StoreStatus[];
  readonly upstreams?: () => readonly UpstreamFigures[];
  readonly logHealth?: LogHealth | undefined;
  /** Of the audit log. */
  readonly auditHealth?: LogHealth | undefined;
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
  /** Of its spans, if it makes any. */
  readonly spans?: () => SpansSeen | undefined;
}

export function makeMetrics(
  {
    distrusted,
    certificates = () => [],
    named = { client: () => false, bucket: () => false },
    labels = [],
    keys = () => undefined,
    build,
    showsProcess = false,
    keyStores = () => [],
    upstreams = () => [],
    logHealth,
    auditHealth,
    clients,
    documents,
    names,
    memory,
    admin,
    spans,
  }: Told,
  registry: Registry = new Registry(),
): Metrics {
  const registers = [registry];
  const countRequest = addRequestMetrics(registry, named);
  const countUsage = labels.length === 0 ? undefined : addUsageMetrics(registry, labels, named);
  const keyUse = addKeyMetrics(registry, keys);
  const plainReads = new Counter({
    name: 'ssec_proxy_plain_reads_total',
    help: 'Unencrypted objects read under a rule that encrypts.',
    registers,
  });
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
  addDistrustMetrics(registry, distrusted);
  addCertificateMetrics(registry, certificates);
  if (build) addBuildInfo(registry, build);
  if (showsProcess) addProcessMetrics(registry);
  addStoreMetrics(registry, keyStores);
  const upstreamEvents = addUpstreamMetrics(registry, upstreams);
  addLogMetrics(registry, logHealth);
  addAuditMetrics(registry, auditHealth);
  addLimitMetrics(registry, clients);
  addDocumentMetrics(registry, () => documents?.());
  addNameMetrics(registry, () => names?.());
  addMemoryMetrics(registry, () => memory?.());
  addAdminMetrics(registry, () => admin?.());
  addSpanMetrics(registry, () => spans?.());
  return {
    ...makeReloadMetrics(registry),
    request: (record) => {
      countRequest(record);
      countUsage?.(record);
    },
    keyUse,
    plainRead: () => plainReads.inc(),
    unproven: () => unproven.inc(),
    distrustAlarm: () => alarms.inc(),
    upstreams: upstreamEvents,
    text: () => registry.metrics(),
    figures: () => registry.getMetricsAsJSON(),
  };
}
