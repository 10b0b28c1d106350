import type { AuditLog } from '../audit-log.ts';
import type { LogHealth } from '../log-health.ts';
import type { LogFacts } from './facts.ts';

/** The logs that a process writes. */
export interface Logs {
  readonly log?: Pick<LogHealth, 'wrong'> | undefined;
  readonly audit?: (Pick<AuditLog, 'refusal'> & { readonly health: Pick<LogHealth, 'wrong'> }) | undefined;
}

/** How the logs of this process stand. */
export function logFacts({ log, audit }: Logs): readonly LogFacts[] {
  const facts: LogFacts[] = [];
  if (log) facts.push(factsOf('log', log, false));
  if (audit) facts.push(factsOf('audit', audit.health, audit.refusal() !== undefined));
  return facts;
}

function factsOf(name: LogFacts['name'], health: Pick<LogHealth, 'wrong'>, refuses: boolean): LogFacts {
  const wrong = health.wrong();
  return { name, causes: wrong ? [wrong.cause] : [], lost: wrong?.lost ?? 0, refuses };
}
