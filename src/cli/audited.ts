import type { AuditLog } from '../audit-log.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

interface Reloaded {
  reload(snapshot: Snapshot): readonly string[] | Promise<readonly string[]>;
  keep(cause?: string): void;
}

/** Its reloads, those that were not taken too, stand in the audit log. */
export function audited(proxy: Reloaded, audit: AuditLog | undefined): Reloaded {
  if (!audit) return proxy;
  return {
    reload: async (snapshot) => {
      const waiting = await proxy.reload(snapshot);
      audit.event('reloaded', waiting.length > 0 ? { waitingForRestart: waiting } : {});
      return waiting;
    },
    keep: (cause) => {
      audit.event('reload refused', { cause });
      proxy.keep(cause);
    },
  };
}
