import { AuditLog, type AuditSettings } from './audit-log.ts';
import { writeFailure } from './files.ts';
import type { Logger } from './log.ts';

/**
 * Opens the audit log that the config asks for, and waits until its first line is written: with `onFailure: refuse` no
 * request begins before it is known whether it can be.
 * @param worker the number of this process, if there are several
 */
export async function openAudit(
  settings: AuditSettings | undefined,
  log: Logger,
  worker: number | undefined,
): Promise<AuditLog | undefined | 'failed'> {
  if (!settings) return undefined;
  try {
    const audit = new AuditLog(settings, worker);
    audit.event('opened');
    if (!(await audit.settled())) log.error({ cause: audit.health.trouble() }, WORDS[settings.onFailure]);
    return audit;
  } catch (error) {
    log.fatal(
      { cause: writeFailure(error as NodeJS.ErrnoException) },
      `the audit log can't be opened: audit.to: ${settings.to}`,
    );
    return 'failed';
  }
}

const WORDS = {
  refuse: "the audit log can't be written, so that all requests are refused",
  serve: "the audit log can't be written; requests are served without it",
} as const;

/** The log tells why a file can't be opened again; the old one stays in use then. */
export function reopenAudit(audit: AuditLog | undefined, log: Logger): void {
  try {
    audit?.reopen();
    if (audit) log.info('the audit log was opened again');
  } catch (error) {
    log.error(
      { cause: writeFailure(error as NodeJS.ErrnoException) },
      "the audit log can't be opened again; the file that is open stays in use, and it is tried again each second",
    );
  }
}
