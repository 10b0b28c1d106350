import { Counter, Gauge, Registry } from 'prom-client';
import type { LogHealth } from '../log-health.ts';
import type { AdminFigures } from './admin.ts';
import { addAdminMetrics } from './admin-metrics.ts';
import { addCertificateMetrics, type CertificateEnd } from './certificate-metrics.ts';
import type { Figures } from './figures.ts';
import { addAuditMetrics, addLogMetrics } from './log-metrics.ts';
import { addBuildInfo, addProcessMetrics, type Build } from './process-metrics.ts';
import { makeReloadMetrics, type ReloadMetrics } from './reload-metrics.ts';

/** The processes that serve, where there are several. */
export interface Crew {
  readonly wanted: number;
  serving(): number;
  /** How many ended without being told to. */
  ends(): number;
}

/** The metrics of a process that has others serve. */
export interface MasterMetrics extends ReloadMetrics {
  figures(): Promise<Figures>;
  /** Takes when its own certificates end, from now on. */
  certificates(ends: readonly CertificateEnd[]): void;
}

interface Told {
  readonly logHealth: LogHealth;
  readonly auditHealth?: LogHealth | undefined;
  readonly admin?: () => AdminFigures | undefined;
  /** Undefined where the process is not to be shown. */
  readonly build?: Build | undefined;
}

export function makeMasterMetrics(
  crew: Crew,
  { logHealth, auditHealth, admin = () => undefined, build }: Told,
  registry: Registry = new Registry(),
): MasterMetrics {
  if (build) {
    addProcessMetrics(registry);
    addBuildInfo(registry, build);
  }
  addLogMetrics(registry, logHealth);
  addAuditMetrics(registry, auditHealth);
  addWorkerMetrics(registry, crew);
  addAdminMetrics(registry, admin);
  let certificates: readonly CertificateEnd[] = [];
  addCertificateMetrics(registry, () => certificates);
  return {
    ...makeReloadMetrics(registry),
    figures: () => registry.getMetricsAsJSON(),
    certificates: (ends) => {
      certificates = ends;
    },
  };
}

export function addWorkerMetrics(registry: Registry, crew: Crew): void {
  const workers: Gauge<'state'> = new Gauge({
    name: 'ssec_proxy_workers',
    help: 'Processes that serve, by state: wanted (the option workers) and serving. Only with several workers.',
    labelNames: ['state'],
    registers: [registry],
    collect: () => {
      workers.set({ state: 'wanted' }, crew.wanted);
      workers.set({ state: 'serving' }, crew.serving());
    },
  });
  const ends: Counter = new Counter({
    name: 'ssec_proxy_worker_ends_total',
    help: 'Workers that ended without being told to, and were replaced. Only with several workers.',
    registers: [registry],
    collect: () => {
      ends.reset();
      ends.inc(crew.ends());
    },
  });
}
