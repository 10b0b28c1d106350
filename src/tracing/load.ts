import type { Logger } from '../log.ts';
import { spansWanted } from './settings.ts';
import type { Tracer } from './trace.ts';

/** Makes spans when the environment names an endpoint for them; without one, nothing of OpenTelemetry is loaded. */
export async function loadTracer(
  log: Pick<Logger, 'info' | 'warn'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Tracer | undefined> {
  const wanted = spansWanted(env);
  if (wanted.kind === 'off') return undefined;
  if (wanted.kind === 'wrong') {
    log.warn({ cause: wanted.cause }, 'no spans are sent');
    return undefined;
  }
  const { makeTracer } = await import('./otel.ts');
  log.info({ endpoint: wanted.endpoint }, 'sending spans');
  return makeTracer(log);
}
