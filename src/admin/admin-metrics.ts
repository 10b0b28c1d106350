import type { Registry } from 'prom-client';
import type { AdminFigures } from './admin.ts';
import { addCollected } from './collected.ts';

/** How near the limit of connections to the admin address is, and how often it was reached. Its process alone has them. */
export function addAdminMetrics(registry: Registry, figures: () => AdminFigures | undefined): void {
  const one = (name: keyof AdminFigures) => (): [string, number][] => {
    const value = figures()?.[name];
    return value === undefined ? [] : [['', value]];
  };
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_admin_connections',
    help: 'Open connections to the admin address.',
    values: one('open'),
  });
  addCollected(registry, {
    kind: 'gauge',
    name: 'ssec_proxy_admin_connections_limit',
    help: 'Most connections to the admin address at once (admin.connections).',
    values: one('most'),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_admin_connections_closed_total',
    help: 'Connections to the admin address that were closed, since there were too many.',
    values: one('closed'),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_admin_unauthorized_total',
    help: 'Requests to the admin address without its token, or with a wrong one.',
    values: one('unauthorized'),
  });
  addCollected(registry, {
    kind: 'counter',
    name: 'ssec_proxy_admin_tls_failures_total',
    help: 'TLS handshakes at the admin address that failed, without those that the client broke off.',
    values: one('tlsFailures'),
  });
}
