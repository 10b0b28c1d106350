import { isDeepStrictEqual } from 'node:util';
import type { ListenerSettings } from '../listener/settings.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * What open sockets can't follow: option → what a change of it needs. The options' page is made from it,
 * and test/docs/restart.test.ts reloads every option and compares. A reload takes every option that is not in it.
 */
export const RESTART = {
  listen: 'a restart to add or remove a listener',
  'listen[].address': 'a restart',
  'listen[].mode': 'a restart',
  'listen[].tls': 'a restart to turn TLS, or its clientCa, on or off',
  'admin.address': 'a restart',
  'metrics.labels': 'a restart',
  'admin.tls': 'a restart to turn TLS on or off',
  'admin.tls.clientCa': 'a restart to add or remove it',
  workers: 'a restart',
  'audit.to': 'a restart',
  'audit.onFailure': 'a restart',
  'audit.buffer': 'a restart',
} as const;

/** What of a listener, or of the admin address, only a restart changes. */
interface Place {
  readonly host: string;
  readonly port: number;
  readonly socket?: ListenerSettings['socket'];
  readonly tls?: { readonly clientCa?: string | undefined } | undefined;
}

/** The same without its private keys and tokens: for who keeps it for good. */
export function placeOnly({ host, port, socket, tls }: Place): Place {
  return { host, port, socket, tls: tls && { clientCa: tls.clientCa } };
}

/** The settings of an open listener in a later snapshot; undefined when the snapshot has no listener at that address. */
export function settingsOf<Settings extends Place>(
  open: Place,
  index: number,
  { listeners }: { readonly listeners: readonly Settings[] },
): Settings | undefined {
  const same = (other: Settings | undefined): boolean =>
    other?.host === open.host &&
    isDeepStrictEqual(other.socket, open.socket) &&
    other.port === open.port &&
    !other.tls === !open.tls &&
    !other.tls?.clientCa === !open.tls?.clientCa;
  return same(listeners[index]) ? listeners[index] : listeners.find(same);
}

/** What of a snapshot only a restart changes. */
export interface Started extends Partial<Pick<Snapshot, 'metricLabels' | 'workers' | 'audit'>> {
  readonly listeners: readonly Place[];
  readonly admin?: Place | undefined;
}

/** The same without the rest of the snapshot, which has keys and credentials: for who keeps it for good. */
export function startedBy({ listeners, admin, metricLabels, workers, audit }: Snapshot): Started {
  return {
    listeners: listeners.map(placeOnly),
    admin: admin && placeOnly(admin),
    ...(metricLabels && { metricLabels }),
    ...(workers !== undefined && { workers }),
    ...(audit && { audit }),
  };
}

/** The fields of the config that differ from the open sockets and apply only after a restart. */
export function waitForRestart(started: Started, next: Snapshot): readonly string[] {
  const listeners = next.listeners.flatMap((wanted, index) =>
    settingsOf(wanted, index, started) ? [] : [`listen[${index}]`],
  );
  const closed = started.listeners.some((open, index) => !settingsOf(open, index, next));
  const gone = closed && listeners.length === 0 ? ['listen'] : [];
  const crew = started.workers !== next.workers;
  const counted = (of: Started): string => (of.metricLabels ?? []).join();
  return [
    ...listeners,
    ...gone,
    ...adminFields(started.admin, next.admin),
    ...(counted(started) === counted(next) ? [] : ['metrics.labels']),
    ...(crew ? ['workers'] : []),
    ...auditFields(started, next),
  ];
}

function auditFields({ audit: started }: Started, { audit: next }: Started): readonly string[] {
  const same =
    started?.to === next?.to && started?.onFailure === next?.onFailure && started?.buffer === next?.buffer;
  return same ? [] : ['audit'];
}

function adminFields(started: Started['admin'], next: Started['admin']): readonly string[] {
  if (started?.host !== next?.host || started?.port !== next?.port) return ['admin.address'];
  if (!started?.tls !== !next?.tls) return ['admin.tls'];
  return !started?.tls?.clientCa === !next?.tls?.clientCa ? [] : ['admin.tls.clientCa'];
}
