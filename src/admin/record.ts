import type { AuditLog } from '../audit-log.ts';
import type { Logger } from '../log.ts';
import { Rationed } from '../rationed.ts';

/** A request to the admin address that somebody may ask about later: one that was refused, or that shows a process from inside. */
interface AdminAsked {
  readonly remote: string | undefined;
  readonly method: string;
  /** One of the table, and never what else the target has. */
  readonly path: string;
  readonly status: number;
  /** Of a refusal. */
  readonly cause?: string | undefined;
}

/** Who is told of what happens at the admin address. */
export interface AdminRecord {
  asked(asked: AdminAsked): void;
  /** @param cause OpenSSL's words or a code of Node's */
  tlsFailed(remote: string | undefined, cause: string): void;
}

export const NO_RECORD: AdminRecord = { asked: () => {}, tlsFailed: () => {} };

/** Each has a line in the audit log. The log has as many of the refusals and of the failed handshakes as there is room for. */
export function adminRecord(
  log: Pick<Logger, 'info' | 'warn'>,
  audit: Pick<AuditLog, 'event'> | undefined,
): AdminRecord {
  const [refusals, handshakes] = [new Rationed(), new Rationed()];
  return {
    asked: (asked) => {
      audit?.event(asked.cause === undefined ? 'admin request' : 'admin request refused', { ...asked });
      if (asked.cause === undefined) {
        log.info(asked, 'a request to the admin address');
        return;
      }
      const room = refusals.take();
      if (room) log.warn({ ...asked, ...room }, 'a request to the admin address was refused');
    },
    tlsFailed: (remote, cause) => {
      const room = handshakes.take();
      if (room) log.warn({ remote, cause, ...room }, 'a TLS handshake at the admin address failed');
    },
  };
}
